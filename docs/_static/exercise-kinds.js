/* The five kinds of questions. Each function builds the form of one question and returns
   what clears it; parts.finish(right) says how it went. See exercise-forms.js. */
(() => {
  "use strict";
  const { button, make } = window.handbookProgress;

  /* Radio buttons or check boxes, one for each of *labels*. */
  function choose(parts, labels, check) {
    const type = parts.kind === "several" ? "checkbox" : "radio";
    const inputs = labels.map((label, number) => {
      const input = make("input");
      input.type = type;
      input.name = `exercise-${parts.id}`;
      input.value = number;
      label.prepend(input);
      return input;
    });
    const marks = make("span", "exercise-hint");
    marks.setAttribute("role", "status");
    parts.buttons.append(
      button("Check", () => {
        const chosen = inputs.filter((input) => input.checked).map((i) => i.value);
        marks.textContent = chosen.length ? "" : "Choose first.";
        if (!chosen.length) return;
        const names = chosen.map((value) => labels[value].dataset.name).join(", ");
        parts.finish(check(chosen), `You chose ${names}.`);
      }),
      marks,
    );
    return () => inputs.forEach((input) => (input.checked = false));
  }

  function list(parts) {
    const found = parts.one.querySelector(".exercise-choices");
    parts.form.append(found);
    return [...found.children].filter((child) => child.tagName === "LI");
  }

  function choices(parts) {
    const labels = list(parts).map((item, number) => {
      const label = make("label");
      label.dataset.name = "abcdefghijklmnopqrstuvwxyz"[number];
      const words = make("span");
      for (const part of [...item.childNodes]) {
        words.append(...(part.tagName === "P" ? part.childNodes : [part]));
        part.remove();
      }
      label.append(words);
      item.append(label);
      return label;
    });
    return choose(parts, labels, (chosen) => chosen.join() === parts.right.join());
  }

  function line(parts) {
    const listing = parts.one.querySelector("pre");
    const block = listing.closest("[class*=highlight-]");
    const lines = listing.innerHTML.replace(/\n$/, "").split("\n");
    const shown = make("div", "exercise-lines highlight");
    const labels = lines.map((html, number) => {
      const label = make("label");
      label.dataset.name = `line ${number + 1}`;
      const code = make("code");
      code.innerHTML = html; // What this page itself shows, line by line.
      label.append(code);
      shown.append(label);
      return label;
    });
    parts.form.append(shown);
    block.remove();
    return choose(parts, labels, (chosen) => parts.right.includes(chosen[0]));
  }

  function order(parts) {
    const items = list(parts);
    const home = items[0].parentElement;
    const said = make("span", "exercise-hidden");
    said.setAttribute("role", "status");
    items.forEach((item, number) => {
      const words = item.textContent.trim();
      item.dataset.number = number;
      const move = (step) => {
        const now = [...home.children];
        const other = now[now.indexOf(item) + step];
        if (!other) return;
        if (step < 0) other.before(item);
        else other.after(item);
        update();
        const place = [...home.children].indexOf(item) + 1;
        said.textContent = `${words} is now ${place} of ${items.length}.`;
        const [up, down] = item.querySelectorAll("button");
        const pressed = step < 0 ? up : down;
        (pressed.disabled ? (step < 0 ? down : up) : pressed).focus();
      };
      const arrows = make("span", "exercise-arrows");
      for (const [sign, step, name] of [["\u2191", -1, "up"], ["\u2193", 1, "down"]]) {
        const arrow = button(sign, () => move(step));
        arrow.setAttribute("aria-label", `Move ${name}: ${words}`);
        arrows.append(arrow);
      }
      item.prepend(arrows);
    });
    function update() {
      for (const item of items) {
        const [up, down] = item.querySelectorAll("button");
        up.disabled = !item.previousElementSibling;
        down.disabled = !item.nextElementSibling;
      }
    }
    home.classList.add("exercise-order");
    update();
    parts.form.append(said);
    parts.buttons.append(
      button("Check", () =>
        parts.finish(
          [...home.children].map((i) => i.dataset.number).join() === parts.right.join(),
          "The right order stands below.",
        ),
      ),
    );
    return () => {
      home.append(...items);
      update();
    };
  }

  function text(parts) {
    const area = make("textarea");
    area.rows = 3;
    area.setAttribute("aria-label", `${parts.title}: your sentence`);
    parts.form.append(area);
    const judge = make("div", "exercise-buttons");
    judge.hidden = true;
    judge.append(
      button("I had it", () => parts.finish(true, "By your own judgment.")),
      button("Not yet", () => parts.finish(false, "By your own judgment.")),
    );
    parts.answer.after(judge);
    parts.buttons.append(
      button("Compare with the answer", () => {
        parts.answer.open = true;
        judge.hidden = false;
        parts.result.textContent =
          "Compare your sentence with the answer below, then say whether you had it.";
        parts.result.focus();
      }),
    );
    return () => {
      area.value = "";
      judge.hidden = true;
    };
  }

  window.handbookKinds = { one: choices, several: choices, line, order, text };
})();
