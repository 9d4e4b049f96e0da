// A form for each case: the reader marks what each container is, and is told why.
// The answers are those that stand folded below the manifest; docs/_ext/practice
// writes them, and the lines, into the page.
"use strict";

const SAVED = "handbook-practice";
const CLOSE = ["native-sidecar", "ambassador", "adapter"]; // kinds of a sidecar

const bar = document.querySelector(".practice-progress");
const names = new Map(JSON.parse(bar.dataset.choices));
const cases = [...document.querySelectorAll(".practice")].map(build);

function make(kind, properties = {}, ...children) {
  const element = Object.assign(document.createElement(kind), properties);
  element.append(...children);
  return element;
}

// What was marked at the last check, by case. It stays in this browser; where that
// refuses to keep anything, it lasts as long as the page.
let kept = {};
let keeps = true;
try {
  kept = { ...JSON.parse(localStorage.getItem(SAVED)) };
} catch {
  keeps = false;
}

function save() {
  try {
    localStorage.setItem(SAVED, JSON.stringify(kept));
  } catch {
    keeps = false;
  }
}

function build(root) {
  const marks = JSON.parse(root.dataset.marks)
    .map(([name, where, ...is]) => ({ name, where, is }));
  const title = root.closest("section").querySelector("h2").firstChild.textContent;
  const status = make("div", { className: "practice-result" });
  status.setAttribute("role", "status");
  const form = make("form", {}, ...marks.map((mark, i) => group(root, mark, i)));
  form.append(make("button", { textContent: "Check", ariaLabel: `Check ${title}` }), status);
  const exercise = { id: root.dataset.case, root, marks, form, status };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    kept[exercise.id] = marked(exercise);
    save();
    show(exercise);
    progress();
  });
  root.querySelector(".practice-answer").before(form);
  return exercise;
}

// The choices for one container. Its lines stand out while one of them has the focus,
// and a click on the lines leads here.
function group(root, mark, i) {
  const lines = root.querySelector(`[data-block="${i}"]`);
  const field = make("fieldset");
  field.append(make("legend", {}, make("code", { textContent: mark.name }), ` ${mark.where}`));
  for (const [value, text] of names) {
    const radio = make("input", { type: "radio", name: `${root.dataset.case}-${i}`, value });
    field.append(make("label", {}, radio, text));
  }
  const open = (on) => () => lines.classList.toggle("is-open", on || field.matches(":focus-within"));
  field.addEventListener("focusin", open(true));
  field.addEventListener("pointerenter", open(true));
  field.addEventListener("focusout", () => setTimeout(open(false)));
  field.addEventListener("pointerleave", open(false));
  lines.addEventListener("click", () => {
    if (getSelection().isCollapsed) (field.querySelector(":checked") || field.querySelector("input")).focus();
  });
  return field;
}

function marked({ form }) {
  return [...form.querySelectorAll("fieldset")].map((field) => field.querySelector(":checked")?.value);
}

function verdict(mark, value) {
  if (!value) return "open";
  if (mark.is.includes(value)) return "right";
  return value === "sidecar" && CLOSE.includes(mark.is[0]) ? "close" : "wrong";
}

const SAYS = {
  right: () => "Right.",
  close: () => "Close: there is a better word.",
  wrong: (value) => `Wrong: you said “${names.get(value)}”.`,
};

function solved({ id, marks }) {
  const values = kept[id] || [];
  return marks.every((mark, i) => verdict(mark, values[i]) === "right");
}

// Say what is right and what is wrong, and mark the lines that show it.
function show({ root, id, marks, form, status }) {
  const values = kept[id];
  const answer = root.querySelector(".practice-answer");
  const items = answer.querySelectorAll("li");
  const results = marks.map((mark, i) => verdict(mark, values?.[i]));
  form.querySelectorAll("fieldset").forEach((field, i) => {
    field.dataset.result = values ? results[i] : "";
    for (const radio of field.querySelectorAll("input")) radio.checked = radio.value === values?.[i];
  });
  for (const line of root.querySelectorAll("[data-shows]")) {
    const told = line.dataset.shows.split(" ").some((i) => results[i] !== "open");
    line.classList.toggle("is-shown", told);
  }
  status.replaceChildren();
  if (!values) return;
  const right = results.filter((result) => result === "right").length;
  const list = make("ul");
  results.forEach((result, i) => {
    const why = result === "open"
      ? [make("code", { textContent: marks[i].name }), " is not marked yet."]
      : [make("strong", { textContent: SAYS[result](values[i]) }), " ", ...items[i].cloneNode(true).childNodes];
    list.append(make("li", { className: `is-${result}` }, ...why));
  });
  const sum = `${right} of ${marks.length} right.` + (right === marks.length ? " Solved." : "");
  status.append(make("p", {}, make("strong", { textContent: sum })), list);
  if (!results.includes("open")) status.append(answer.querySelector("ul ~ p").cloneNode(true));
}

const count = make("strong");
count.setAttribute("role", "status");
const where = make("span");
function startAgain() {
  for (const { id } of cases) delete kept[id];
  save();
  cases.forEach(show);
  progress();
  count.prepend("All marks of this page are cleared. ");
}
const reset = make("button", { type: "button", textContent: "Start again" });
reset.addEventListener("click", startAgain);
bar.replaceChildren(make("p", {}, count, " ", where), reset);

// Once more behind the last case, where who works by keyboard is when all is done.
const resetBelow = make("button", { type: "button", textContent: "Start these cases again" });
resetBelow.addEventListener("click", () => {
  startAgain();
  cases[0].form.querySelector("input").focus();
});
cases.at(-1).root.append(resetBelow);

function progress() {
  const done = cases.filter(solved).length;
  count.textContent = `${done} of ${cases.length} cases solved.`;
  where.textContent = keeps
    ? "Your marks are kept in this browser only."
    : "This browser keeps no marks: they last until you leave the page.";
}

cases.forEach(show);
progress();
