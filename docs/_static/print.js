// On paper the answers stand at the end, each with the number of its question, so that
// the reader can try first. On the screen everything is where it was.
"use strict";

(() => {
  let putBack = [];

  function answersToTheEnd() {
    const answers = [...document.querySelectorAll("article details")]
      .filter((part) => part.querySelector("summary").textContent.trim().startsWith("Answer"));
    if (!answers.length || putBack.length) return;
    const end = document.createElement("section");
    end.className = "answers";
    end.innerHTML = "<h2>Answers</h2>";
    answers.forEach((answer, index) => {
      const note = document.createElement("p");
      note.textContent = `Answer ${index + 1}: at the end.`;
      const title = document.createElement("h3");
      title.textContent = `Answer ${index + 1}`;
      const body = document.createElement("div");
      while (answer.querySelector("summary").nextSibling) {
        body.append(answer.querySelector("summary").nextSibling);
      }
      answer.replaceWith(note);
      end.append(title, body);
      putBack.push(() => {
        answer.append(...body.childNodes);
        note.replaceWith(answer);
      });
    });
    document.querySelector("article").append(end);
    putBack.push(() => end.remove());
  }

  function answersBack() {
    for (const step of putBack) step();
    putBack = [];
  }

  addEventListener("beforeprint", answersToTheEnd);
  addEventListener("afterprint", answersBack);
})();
