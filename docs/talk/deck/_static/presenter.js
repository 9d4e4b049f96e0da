// The presenter's page: this slide, the next one, the notes, and the clock.

"use strict";

const part = (id) => document.getElementById(id);
const deck = window.opener;
let slides = [];
let index = 0;
let begun = null;

function clock(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// When this slide should be over, counted from the start of the talk.
function until() {
  return slides.slice(0, index + 1).reduce((sum, slide) => sum + slide.seconds, 0);
}

// The words beside the clock say what its color says.
function tick() {
  const passed = begun === null ? 0 : (Date.now() - begun) / 1000;
  const left = until() - passed;
  const early = left - slides[index].seconds;
  let words = "The clock starts with the second slide.";
  if (begun !== null) {
    words = `${clock(left)} left here`;
    if (left < 0) {
      words = `${clock(left)} over`;
    } else if (early > 5) {
      words = `${clock(early)} early`;
    }
  }
  part("elapsed").textContent = clock(passed);
  part("pace").textContent = words;
  part("pace").classList.toggle("late", left < 0);
}

// A slide is 1280 pixels wide, its frame what the window leaves.
function fit() {
  document.querySelectorAll(".frame").forEach((frame) => {
    frame.style.setProperty("--zoom", frame.clientWidth / 1280);
  });
}

function show() {
  const slide = slides[index];
  const next = slides[index + 1];
  part("now").innerHTML = slide.face;
  part("then").innerHTML = next ? next.face : "<p>The end.</p>";
  part("notes").innerHTML = slide.notes;
  part("notes").scrollTop = 0;
  part("until").textContent = clock(until());
  tick();
}

function ask(what) {
  if (what === "reset") {
    begun = Date.now();
    tick();
  } else if (deck) {
    deck.postMessage({ deck: what }, "*");
  }
}

addEventListener("message", (event) => {
  if (event.source !== deck) {
    return;
  }
  if (event.data.deck === "slides") {
    slides = event.data.slides;
  } else if (event.data.deck === "place") {
    index = event.data.index;
    if (begun === null && index > 0) {
      begun = Date.now() - slides[0].seconds * 1000;
    }
    show();
  }
});

const keys = {
  ArrowRight: "next",
  PageDown: "next",
  " ": "next",
  n: "next",
  ArrowLeft: "back",
  PageUp: "back",
  p: "back",
};

addEventListener("keydown", (event) => {
  const what = keys[event.key];
  const pressed = event.key === " " && event.target.closest("button");
  if (what && !pressed) {
    event.preventDefault();
    ask(what);
  }
});

document.querySelectorAll("[data-do]").forEach((button) => {
  button.addEventListener("click", () => ask(button.dataset.do));
});

fit();
addEventListener("resize", fit);

if (deck) {
  deck.postMessage({ deck: "ready" }, "*");
  setInterval(() => slides.length && tick(), 500);
}
