/* Makes forms of the questions of a page. Without it they are text with folded answers,
   written by docs/_ext/exercises. What a question knows stands in its data attributes;
   exercise-kinds.js has a function for each kind of question. */
(() => {
  "use strict";
  const progress = window.handbookProgress;
  const { button, make } = progress;
  const all = [...document.querySelectorAll(".exercise")];
  const ids = all.map((one) => one.dataset.question);

  /* The score of the page, above its first question. */
  const score = make("div", "exercise-score");
  const scoreWords = make("p");
  scoreWords.setAttribute("role", "status");
  function startAgain() {
    progress.forget(ids);
    for (const one of all) one.dispatchEvent(new Event("exercise-reset"));
    tell("Your answers on this page are forgotten.");
    all[0].querySelector("input, textarea, button").focus();
  }
  const reset = button("Start again", startAgain);
  score.append(scoreWords, reset);
  // Once more behind the last question, where who answers by keyboard is when all is done.
  const resetBelow = button("Start these questions again", startAgain);

  function tell(first = "") {
    const { right, wrong } = progress.count(ids);
    const again = wrong ? ` ${wrong} to look at again.` : "";
    const lost = progress.kept() ? "" : " Your browser keeps no score when you leave.";
    scoreWords.textContent =
      `${first} ${right} of ${ids.length} right on this page.${again}${lost}`.trim();
    reset.hidden = resetBelow.hidden = right + wrong === 0;
  }

  function enhance(one) {
    const { question: id, kind, title } = one.dataset;
    const right = one.dataset.answer.split(",");
    const answer = one.querySelector(".exercise-answer");
    const result = make("p", "exercise-result");
    result.tabIndex = -1;
    const form = make("fieldset", "exercise-form");
    form.setAttribute("aria-label", `${title}: your answer`);
    const buttons = make("div", "exercise-buttons");
    answer.before(form, buttons, result);

    /* Says whether the answer is right: *words* repeat what the reader answered. */
    function finish(ok, words) {
      progress.set(id, ok);
      one.dataset.state = ok ? "right" : "wrong";
      answer.open = true;
      tell();
      result.textContent = `${ok ? "Right." : "Not right."} ${words} ${scoreWords.textContent}`;
      result.focus();
    }

    const parts = { form, buttons, result, answer, finish, id, kind, title, right, one };
    const again = window.handbookKinds[kind](parts);

    function restore() {
      const known = progress.get(id);
      one.dataset.state = known === undefined ? "" : known ? "right" : "wrong";
      const was = known ? "right" : "not right";
      result.textContent = known === undefined ? "" : `You have answered this: ${was}.`;
    }
    one.addEventListener("exercise-reset", () => {
      answer.open = false;
      again();
      restore();
    });
    restore();
  }

  function begin() {
    // Who came from below, or by a link, stays at what has the focus or is in the middle.
    const top = (part) => part.getBoundingClientRect().top;
    const focused = document.activeElement;
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? focused;
    const seen = focused.closest(".content") && top(focused) >= 0 && top(focused) < innerHeight;
    const here = seen ? focused : middle.closest(".exercise") ?? middle;
    const before = top(here);
    for (const one of all) enhance(one);
    const first = document.querySelector(".exercises");
    if (first) first.prepend(score);
    all.at(-1).after(resetBelow);
    tell();
    scrollBy({ top: top(here) - before, behavior: "instant" });
  }

  /* Wait for a print to end, in which the answers are not in their places (see print.js),
     and for the page to stand still: moving what it scrolls over would mislead it. */
  function start(last) {
    if (document.querySelector("article > .answers")) {
      addEventListener("afterprint", start, { once: true });
    } else if (scrollY === last) {
      begin();
    } else {
      setTimeout(start, 100, scrollY);
    }
  }

  start();
})();
