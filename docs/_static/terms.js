/* A linked term shows its definition: under the mouse, at the keyboard's focus, at the
   first tap. Escape closes the card; it stays while the mouse is over it. Without this
   script, and at the second tap, a term is a plain link into the glossary. */
"use strict";

(() => {
  const ID = "term-card";
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  let loading;
  let card;
  let open; // the link whose card is shown
  let wait;

  /** All terms: {id: [name, meaning]}, loaded when first needed. */
  function terms() {
    loading ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("_static/terms_data.js", root);
      script.onload = () => resolve(window.handbookTerms);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  async function show(link) {
    clearTimeout(wait);
    if (open === link) return;
    close();
    open = link;
    const known = await terms().catch(() => ({}));
    const found = known[decodeURIComponent(link.hash.slice(1))];
    if (!found || open !== link) return;
    card ||= make();
    const name = document.createElement("strong");
    name.textContent = found[0];
    card.replaceChildren(name, " ", found[1]);
    link.setAttribute("aria-describedby", ID);
    place(link);
  }

  function make() {
    const made = document.createElement("div");
    made.id = ID;
    made.setAttribute("role", "tooltip");
    made.addEventListener("pointerenter", () => clearTimeout(wait));
    made.addEventListener("pointerleave", later);
    document.querySelector("article").append(made); // a part of a landmark
    return made;
  }

  /** Put the card below the link, or above it where there is no room, on the page. */
  function place(link) {
    card.hidden = false;
    const lines = link.getClientRects(); // a term can stand on two
    const at = lines[0];
    const end = lines[lines.length - 1];
    const room = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, room - card.offsetWidth - 8));
    const below = end.bottom + card.offsetHeight + 8 < innerHeight;
    const top = below ? end.bottom : at.top - card.offsetHeight;
    const from = card.offsetParent.getBoundingClientRect();
    card.style.left = `${left - from.left}px`;
    card.style.top = `${top - from.top}px`;
  }

  function close() {
    clearTimeout(wait);
    if (card) card.hidden = true;
    if (open) open.removeAttribute("aria-describedby");
    open = undefined;
  }

  function later() {
    clearTimeout(wait);
    wait = setTimeout(close, 300);
  }

  function termAt(event) {
    const link = event.target.closest?.("a.reference");
    return link && link.querySelector(".std-term") ? link : null;
  }

  document.addEventListener("pointerover", (event) => {
    const link = termAt(event);
    if (!link || event.pointerType !== "mouse") return;
    clearTimeout(wait);
    wait = setTimeout(show, 150, link);
  });
  document.addEventListener("pointerout", (event) => {
    if (termAt(event) && event.pointerType === "mouse") later();
  });
  document.addEventListener("focusin", (event) => {
    const link = termAt(event);
    if (link && link.matches(":focus-visible")) show(link);
  });
  document.addEventListener("focusout", (event) => {
    if (open && termAt(event) === open) close();
  });
  document.addEventListener("click", (event) => {
    const link = termAt(event);
    if (link && event.pointerType === "touch" && open !== link) {
      event.preventDefault();
      show(link);
    } else if (!card || !card.contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
