// The page is a handout, the notes below each slide. This makes it a deck of slides.
// The address says more: ?handout leaves it a handout, ?name=Ada puts a name on slide 3.

"use strict";

const asked = new URLSearchParams(location.search);
const root = document.documentElement;
let presenter = null;

// Before the page is drawn, so that nothing jumps. Paper keeps the handout.
if (asked.has("handout")) {
  root.classList.add("handout");
} else {
  root.classList.add("deck");
  document.getElementById("reveal").media = "screen";
}

function pages() {
  return Reveal.getSlides();
}

// The presenter's page has no access to this one when both are files: it gets messages.
function tell(message) {
  if (presenter && !presenter.closed) {
    presenter.postMessage(message, "*");
  }
}

function place() {
  return { deck: "place", index: pages().indexOf(Reveal.getCurrentSlide()) };
}

function present() {
  presenter = window.open("presenter.html", "presenter", "width=1200,height=800");
  if (presenter) {
    presenter.focus();
  }
}

addEventListener("message", (event) => {
  if (!presenter || event.source !== presenter) {
    return;
  }
  if (event.data.deck === "ready") {
    tell({
      deck: "slides",
      slides: pages().map((page) => ({
        face: page.querySelector(".slide").outerHTML,
        notes: page.querySelector(".notes").innerHTML,
        seconds: Number(page.dataset.seconds),
      })),
    });
    tell(place());
  } else if (event.data.deck === "next") {
    Reveal.next();
  } else if (event.data.deck === "back") {
    Reveal.prev();
  }
});

// For a room that is brighter or darker than the machine believes.
function changeScheme() {
  const dark = document.getElementById("dark");
  dark.media = matchMedia(dark.media).matches ? "not all" : "screen";
}

function greet() {
  const name = asked.get("name");
  const line = document.querySelector(".hello h2");
  if (name && line) {
    line.textContent = `Hi! I am ${name}.`;
  }
}

// A slide has one number in both cuts, on the screen as in the notes.
// (reveal.js asks once before it shows any.)
function numbered(slide) {
  const all = [...document.querySelectorAll(".slides > section")];
  return [(slide ?? all[0]).dataset.number, "/", all.at(-1).dataset.number];
}

function start() {
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    maxScale: 4,
    center: false,
    hash: true,
    hashOneBasedIndex: true,
    slideNumber: numbered,
    transition: "none",
    backgroundTransition: "none",
    controlsTutorial: false,
    scrollActivationWidth: null,
    keyboard: { 68: changeScheme, 83: present },
  });
  Reveal.registerKeyboardShortcut("D", "Light or dark");
  Reveal.registerKeyboardShortcut("S", "Presenter's page");
  Reveal.on("slidechanged", () => tell(place()));
}

addEventListener("DOMContentLoaded", () => {
  greet();
  if (root.classList.contains("deck")) {
    start();
  }
});
