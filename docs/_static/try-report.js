/* Draws what the spotter says. Pasted text becomes text here, never markup. */

/* Return an element with a class and children, which are elements or text. */
function make(tag, look, ...children) {
  const element = document.createElement(tag);
  if (look) element.className = look;
  element.append(...children);
  return element;
}

/* Return the report as elements. `features` is the address of the page on features;
   `goTo(line)` shows a line of the text. */
export function draw(view, features, goTo) {
  const report = document.createDocumentFragment();

  const place = (line) => {
    const button = make("button", "try-line", `line ${line}`);
    button.type = "button";
    button.onclick = () => goTo(line);
    return button;
  };

  const reason = ({ line, says, feature, label }) => {
    const row = make("li", "", place(line), ` ${says}`);
    if (feature) {
      const link = make("a", "", feature);
      link.href = `${features}#${label}`;
      row.append(" (", link, ")");
    }
    return row;
  };

  const container = ({ name, sidecar, what, why }) => {
    const [label, ...more] = what;
    const head = make("p", "", make("strong", "", name), " ");
    head.append(make("span", "try-label", label));
    if (more.length) head.append(` ${more.join(", ")}`);
    return make("li", sidecar ? "try-helper" : "", head, make("ul", "", ...why.map(reason)));
  };

  if (view.fault) {
    const { line, says } = view.fault;
    const head = make("h3", "", `Line ${line} cannot be read`);
    const more = view.units.length ? "The report below leaves out what it spoils." : "";
    report.append(make("div", "try-fault", head, make("p", "", place(line), ` ${says} ${more}`)));
  }
  if (!view.fault || view.units.length) {
    report.append(make("h3", "", `Verdict: ${view.verdict}`), make("p", "", view.summary));
  }
  for (const note of view.notes) report.append(make("p", "", note));
  for (const { line, title, containers } of view.units) {
    report.append(make("h4", "", `${title}, line ${line}`));
    report.append(make("ul", "try-containers", ...containers.map(container)));
  }
  report.querySelector("h3").tabIndex = -1;
  return report;
}
