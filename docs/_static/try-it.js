/* The form of "Try it": pasted text goes to a worker in this page, and nowhere else. */

import { draw } from "./try-report.js";

const MOST = 1_000_000; // bytes
/* Seconds without a sign of life after which a step has failed. */
const PATIENCE = { loading: 60, reading: 30 };

const form = document.querySelector("form.try-it");
const [text, way] = [form.querySelector("textarea"), form.querySelector("select")];
const [explain, stop] = [form.querySelector("[type=submit]"), form.querySelector(".try-stop")];
const [status, bar] = [form.querySelector("[role=status]"), form.querySelector("progress")];
const report = form.querySelector(".try-report");
const otherwise = form.nextElementSibling;

let worker = null;
let alarm;

const address = (name) => new URL(form.dataset[name], document.baseURI).href;

/* Let a step take so long and no longer. */
function expect(step) {
  clearTimeout(alarm);
  const seconds = PATIENCE[step];
  alarm = setTimeout(() => fail(`No answer within ${seconds} seconds.`), seconds * 1000);
}

function begin() {
  worker = new Worker(address("worker"), { type: "module" });
  worker.onerror = () => fail("The spotter could not start.");
  worker.onmessage = ({ data }) => {
    if (data.bytes) {
      bar.value = data.bytes;
      expect("loading");
    } else if (data.step) {
      status.textContent = `${data.step} …`;
      bar.hidden = data.step !== "Loading Python";
      expect(data.step === "Reading your text" ? "reading" : "loading");
    } else if (data.failed) {
      fail(`The spotter failed: ${data.failed}.`);
    } else {
      const { fault } = data.view;
      finish(fault ? `Done. Line ${fault.line} cannot be read.` : "Done.");
      show(data.view);
    }
  };
}

/* Be busy or not; hand the focus on from a button that is switched off. */
function busy(is) {
  const moved = document.activeElement === (is ? explain : stop);
  explain.disabled = is;
  stop.disabled = !is;
  if (moved) (is ? stop : explain).focus();
}

function finish(words) {
  clearTimeout(alarm);
  bar.hidden = true;
  busy(false);
  status.textContent = words;
}

function end(words) {
  worker?.terminate();
  worker = null;
  finish(words);
}

function fail(words) {
  otherwise.hidden = false;
  end(`${words} The command at the end of this section does the same.`);
}

/* Show the report, and lead whoever waited at the form to it, or to a fault's line. */
function show(view) {
  const waited = form.contains(document.activeElement);
  report.replaceChildren(draw(view, form.dataset.features, goTo));
  report.hidden = false;
  if (!waited) return;
  if (view.fault) goTo(view.fault.line);
  else report.querySelector("h3").focus();
}

/* Select a line of the text and bring it into view. */
function goTo(line) {
  const rows = text.value.split("\n");
  const before = rows.slice(0, line - 1).join("\n").length + (line > 1);
  text.focus();
  text.scrollIntoView({ block: "nearest" }); // not even its first line behind the header
  text.setSelectionRange(before, before + (rows[line - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = (line - 1) * height - text.clientHeight / 2;
}

form.onsubmit = (event) => {
  event.preventDefault();
  if (explain.disabled) return;
  const data = new TextEncoder().encode(text.value);
  report.hidden = true;
  if (!text.value.trim()) {
    status.textContent = "Paste a file first, or load an example.";
    text.focus();
  } else if (data.length > MOST) {
    const size = (data.length / 1e6).toFixed(1);
    status.textContent = `This is ${size} MB. The page reads up to 1 MB; the command reads more.`;
  } else {
    if (!worker) begin();
    busy(true);
    status.textContent = "Reading your text …";
    expect("loading");
    const [pyodide, sources] = [address("pyodide"), address("sources")];
    worker.postMessage({ pyodide, sources, data, file: way.value });
  }
};

stop.onclick = () => end("Stopped. Nothing is running any more.");

for (const button of form.querySelectorAll(".try-examples button")) {
  button.onclick = () => {
    [text.value, way.selectedIndex, report.hidden] = [button.value, 0, true];
    status.textContent = `Loaded: ${button.textContent}.`;
  };
}

busy(false); // some browsers keep over a reload what was switched off
otherwise.hidden = true;
form.hidden = false;
