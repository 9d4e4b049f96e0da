/* What the reader has answered, kept in this browser alone, and how far that is.
   Where the browser keeps nothing, it lasts until the page is left. */
(() => {
  "use strict";
  const KEY = "sidecar-handbook-exercises-1";
  let answered = {};
  let kept = true;

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) || "{}");
      if (found && typeof found === "object") answered = found;
    } catch (error) {
      if (!(error instanceof SyntaxError)) kept = false;
    }
  }

  function write() {
    try {
      localStorage.setItem(KEY, JSON.stringify(answered));
    } catch (error) {
      kept = false;
    }
  }

  const progress = {
    /* 1 is right, 0 is wrong, undefined is not answered. */
    get: (id) => answered[id],
    set(id, right) {
      read(); // Another tab may have written since.
      answered[id] = right ? 1 : 0;
      write();
    },
    forget(ids) {
      read();
      for (const id of ids) delete answered[id];
      write();
    },
    count: (ids) => ({
      right: ids.filter((id) => answered[id] === 1).length,
      wrong: ids.filter((id) => answered[id] === 0).length,
    }),
    kept: () => kept,
  };
  read();
  window.handbookProgress = progress;

  function make(name, className = "", words = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = words;
    return made;
  }
  function button(words, act) {
    const made = make("button", "exercise-button", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  Object.assign(progress, { make, button });

  /* The block of the first page: one line for each goal, with a bar. */
  function show(block) {
    const lines = [...block.querySelectorAll("li")];
    const ids = (line) => line.dataset.questions.split(" ");
    const said = make("p");
    said.setAttribute("role", "status");
    function fill() {
      let any = 0;
      for (const line of lines) {
        const { right, wrong } = progress.count(ids(line));
        const all = ids(line).length;
        line.querySelector("progress").value = right;
        line.lastChild.textContent = `${right} of ${all} right`;
        any += right + wrong;
      }
      return any;
    }
    for (const line of lines) {
      const bar = make("progress");
      bar.max = ids(line).length;
      bar.setAttribute("aria-label", line.textContent);
      line.append(bar, make("span"));
    }
    const reset = button("Forget all my answers", () => {
      progress.forget(lines.flatMap(ids));
      fill();
      said.textContent = "All answers are forgotten.";
    });
    block.append(reset, said);
    block.hidden = fill() === 0;
  }

  for (const block of document.querySelectorAll(".exercise-progress")) show(block);
})();
