// A button on each listing that copies what the reader would type: no prompt, no output.
// Its name says which listing, and what came of it is said aloud.
"use strict";

(() => {
  const NOT_TYPED = ".gp, .go, .linenos";
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);

  function typed(listing) {
    const copy = listing.cloneNode(true);
    // An error, too, is printed; only its first line and its name are marked as such.
    for (let part of copy.querySelectorAll(".gt")) {
      while (part && !part.matches?.(".gp")) {
        const next = part.nextSibling;
        part.remove();
        part = next;
      }
    }
    // Python ends an indented part at an empty line, where it is typed in.
    let before = "";
    for (const prompt of copy.querySelectorAll(".gp")) {
      if (before.startsWith("...") && prompt.textContent.startsWith(">>>")) prompt.before("\n");
      before = prompt.textContent;
    }
    for (const part of copy.querySelectorAll(NOT_TYPED)) part.remove();
    return copy.textContent.replace(/\n+$/, "");
  }

  // The caption, or the first line, with the second where it goes on.
  function nameOf(listing) {
    const session = listing.closest(".highlight-console") ? " the commands" : " these lines";
    const caption = listing.closest(".literal-block-wrapper")?.querySelector(".caption-text");
    const [first] = typed(listing).trim().match(/^.*(?<=[\\:])\n.*|^.*/);
    return `${caption ? "" : session}: ${caption?.textContent ?? first.replace(/\\?\s+/g, " ")}`;
  }

  async function copyFrom(listing, button) {
    let result = "Copied";
    try {
      await navigator.clipboard.writeText(typed(listing));
    } catch {
      // No permission, or no secure connection: the reader copies by hand.
      getSelection().selectAllChildren(listing);
      result = "Selected";
    }
    button.firstChild.data = said.textContent = result;
    setTimeout(() => {
      button.firstChild.data = "Copy";
      said.textContent = "";
    }, 2000);
  }

  for (const listing of document.querySelectorAll("div.highlight > pre")) {
    const button = document.createElement("button");
    const name = document.createElement("span");
    button.type = "button";
    button.className = "copy";
    name.className = "visually-hidden";
    name.textContent = nameOf(listing);
    button.append("Copy", name);
    button.addEventListener("click", () => copyFrom(listing, button));
    listing.after(button);
  }
})();
