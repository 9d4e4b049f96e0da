// A button on each listing that copies what the reader would type: no prompt, no output.
"use strict";

(() => {
  const NOT_TYPED = ".gp, .go, .linenos";

  function typed(listing) {
    const copy = listing.cloneNode(true);
    for (const part of copy.querySelectorAll(NOT_TYPED)) part.remove();
    return copy.textContent.replace(/\n+$/, "");
  }

  async function copyFrom(listing, button) {
    try {
      await navigator.clipboard.writeText(typed(listing));
      button.textContent = "Copied";
    } catch {
      // No permission, or no secure connection: the reader copies by hand.
      getSelection().selectAllChildren(listing);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  for (const listing of document.querySelectorAll("div.highlight > pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copyFrom(listing, button));
    listing.after(button);
  }
})();
