// Frames take the focus only where they scroll, and pictures open large.
// The frames and the buttons are in the page already: see docs/_ext/frames.py.
"use strict";

(() => {
  const FRAMES = ".highlight > pre, .table-wrapper, .diagram";

  function followScrolling(frame) {
    const scrolls = frame.scrollWidth > frame.clientWidth + 1;
    if (!scrolls) {
      frame.removeAttribute("tabindex");
      return;
    }
    frame.tabIndex = 0;
    if (!frame.hasAttribute("aria-label")) {
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", "Listing");
    }
  }

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) followScrolling(target);
  });
  for (const frame of document.querySelectorAll(FRAMES)) sizes.observe(frame);

  // One dialog for all pictures. The picture itself moves into it and back: a copy would
  // have the same ids, and ids name its parts.
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.innerHTML = '<form method="dialog"><button>Close</button></form>'
    + '<div class="enlarged-picture" tabindex="0" role="group"></div>';
  const stage = dialog.lastElementChild;
  let putBack = () => {};

  function enlarge(button) {
    const picture = button.parentElement.querySelector(":scope > svg, :scope > .diagram > svg");
    const place = document.createElement("div");
    const name = picture.querySelector("title").textContent;
    place.style.height = `${picture.getBoundingClientRect().height}px`;
    picture.replaceWith(place);
    stage.replaceChildren(picture);
    dialog.setAttribute("aria-label", name);
    stage.setAttribute("aria-label", name);
    putBack = () => place.replaceWith(picture);
    dialog.showModal();
  }

  dialog.addEventListener("close", () => putBack());
  document.body.append(dialog);
  for (const button of document.querySelectorAll("button.enlarge")) {
    button.addEventListener("click", () => enlarge(button));
  }
})();
