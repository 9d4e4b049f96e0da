// A form above the table of worked costs: works out any size by the same formula as
// examples/trade_offs/model.py. A test holds the two to the same numbers.
"use strict";

const FIELDS = [
  ["copies", "Copies of the application", 100, 1e6],
  ["nodes", "Nodes", 5, 1e5],
  ["requests", "Requests a second, in all", 1000, 1e8],
];

function make(kind, properties = {}, ...children) {
  const element = Object.assign(document.createElement(kind), properties);
  element.append(...children);
  return element;
}

// As words.py writes it.
function short(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const digits = size < 0.1 ? 4 : size < 10 ? 2 : size < 100 ? 1 : 0;
  return value.toLocaleString("en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function cost(terms, { copies, nodes, requests }) {
  const memory = nodes * terms["memory of a node"] + copies * terms["memory of a copy"];
  const busy = nodes * terms["processor of a node"]
    + copies * terms["processor of a copy"]
    + requests * terms["processor of a request"];
  return [memory, busy / 1000, terms["time of a request"]]
    .map(value => Math.max(0, value));
}

for (const [place, root] of document.querySelectorAll(".costs").entries()) {
  const model = Object.entries(JSON.parse(root.dataset.model));
  const fields = {};
  const form = make("form", { className: "costs-form" });
  for (const [name, label, value, max] of FIELDS) {
    const id = `costs-${place}-${name}`;
    fields[name] = make("input",
      { id, type: "number", min: 1, max, step: 1, value, required: true });
    form.append(make("div", {}, make("label", { htmlFor: id }, label), fields[name]));
  }
  const said = make("output", { htmlFor: FIELDS.map(
    ([name]) => `costs-${place}-${name}`).join(" ") });
  const body = make("tbody");
  const heads = ["Helper", "Memory, MiB", "Processors", "Added, µs"].map(
    text => make("th", { scope: "col" }, text));
  const table = make("table", {},
    make("caption", {}, "What helpers cost at this size"),
    make("thead", {}, make("tr", {}, ...heads)), body);

  const work = () => {
    const size = {};
    for (const [name, field] of Object.entries(fields)) {
      if (!field.checkValidity()) {
        said.textContent = "Each field takes a whole number from 1 to "
          + `${Number(field.max).toLocaleString("en-US")}.`;
        body.replaceChildren();
        return;
      }
      size[name] = field.valueAsNumber;
    }
    const found = model.map(([name, terms]) => [name, cost(terms, size).map(short)]);
    body.replaceChildren(...found.map(([name, cells]) => make("tr", {},
      make("th", { scope: "row" }, name), ...cells.map(cell => make("td", {}, cell)))));
    const told = new Map(found);
    said.textContent = `Memory: sidecars beside ${told.get("sidecar beside")[0]} MiB, `
      + `node agents ${told.get("node agent")[0]} MiB.`;
  };
  form.addEventListener("input", work);
  form.addEventListener("submit", event => event.preventDefault());
  form.append(said);
  root.prepend(form, table);
  work();
}
