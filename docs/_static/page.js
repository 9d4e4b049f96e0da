// What every page can do: change the scheme, and show in the contents where you are.
"use strict";

(() => {
  const SCHEMES = { auto: "as the system", light: "light", dark: "dark" };

  function showScheme(scheme) {
    document.body.dataset.theme = scheme;
    for (const button of document.querySelectorAll(".theme-toggle")) {
      button.title = button.lastElementChild.textContent = `Color scheme: ${SCHEMES[scheme]}`;
    }
  }

  function nextScheme() {
    const names = Object.keys(SCHEMES);
    const next = names[(names.indexOf(document.body.dataset.theme) + 1) % names.length];
    showScheme(next);
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Storage is blocked: the scheme holds for this page alone.
    }
  }

  function followScroll(links) {
    const linkOf = new Map();
    for (const link of links) {
      const id = decodeURIComponent(link.hash.slice(1));
      const section = id && document.getElementById(id);
      if (section) linkOf.set(section, link);
    }
    const shown = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) shown.add(target);
        else shown.delete(target);
      }
      // The innermost of the sections on the screen: the last in the document's order
      // that reaches its upper third.
      const here = [...linkOf.keys()].filter((section) => shown.has(section)).pop();
      for (const [section, link] of linkOf) {
        const item = link.closest("li");
        item.classList.toggle("scroll-current", section === here);
        if (section === here) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-10% 0px -66%" });
    for (const section of linkOf.keys()) observer.observe(section);
  }

  showScheme(document.body.dataset.theme in SCHEMES ? document.body.dataset.theme : "auto");
  for (const button of document.querySelectorAll(".theme-toggle")) {
    button.addEventListener("click", nextScheme);
  }

  const contents = document.getElementById("drawer-contents");
  if (contents) {
    const links = contents.querySelectorAll(".toc-tree a");
    followScroll(links);
    // A chosen heading is behind the contents where they cover the page.
    contents.addEventListener("click", (event) => {
      if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
    });
  }
})();
