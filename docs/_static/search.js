/* The search page: asks the index that the site itself serves, and shows the answers.
   Where that index cannot be read (a page opened from disk, a build without Pagefind)
   Sphinx's own search takes over. The question stands in the address, ?q=… */
"use strict";

(() => {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const form = document.getElementById("search-form");
  const box = form.elements.q;
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-list");
  const SHOWN = 10;
  let search;
  let asked = 0;

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function item({ title, section, part, url, excerpt }) {
    const link = element("a", "", title);
    link.href = url;
    if (section) link.append(element("span", "search-section", ` › ${section}`));
    const text = element("p", "");
    for (const { text: word, hit } of excerpt) {
      text.append(hit ? element("mark", "", word) : word, " ");
    }
    const where = part ? [element("p", "search-part", part)] : [];
    return element("li", "", element("h2", "", link), ...where, text);
  }

  async function answer(question) {
    const number = ++asked;
    const { count, best } = await search(question, SHOWN);
    if (number !== asked) return; // a later question has been asked meanwhile
    list.replaceChildren(...best.map(item));
    const pages = `${count} ${count === 1 ? "page" : "pages"} for “${question}”`;
    if (!question) status.textContent = "";
    else if (!count) status.textContent = `Nothing for “${question}”. Try other words.`;
    else if (count > SHOWN) status.textContent = `${pages}, the best ${SHOWN} shown`;
    else status.textContent = pages;
  }

  function ask(event) {
    if (event) event.preventDefault();
    const question = box.value.trim();
    const address = new URL(location.href);
    address.search = question ? new URLSearchParams({ q: question }) : "";
    history.replaceState(null, "", address);
    return answer(question);
  }

  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(name, root);
      script.onload = resolve;
      script.onerror = reject;
      document.body.append(script);
    });
  }

  /** Let Sphinx search: it reads the address and fills #search-results. */
  async function sphinx() {
    list.remove();
    if (!box.value) return;
    const needed = "documentation_options doctools sphinx_highlight searchtools language_data";
    for (const name of needed.split(" ")) {
      const there = document.querySelector(`script[src*="/${name}.js"]`);
      if (!there) await load(`_static/${name}.js`);
    }
    // It says "Searching" until the index is there, and then how many pages it found.
    document.querySelector(".search-summary")?.setAttribute("role", "status");
    await load("searchindex.js");
  }

  async function begin() {
    box.value = new URLSearchParams(location.search).get("q") || "";
    form.hidden = false;
    document.getElementById("search-off").remove();
    box.focus({ preventScroll: true }); // the answers are the next that Tab comes to
    try {
      const pagefind = await import(new URL("pagefind/pagefind.js", root));
      await pagefind.options({ ranking: { pageLength: 0.3, metaWeights: { title: 5, synonyms: 6 } } });
      search = window.handbookSearch(pagefind);
    } catch {
      await sphinx();
      return;
    }
    form.addEventListener("submit", ask);
    let pause;
    box.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(ask, 200);
    });
    await answer(box.value.trim());
  }

  begin();
})();
