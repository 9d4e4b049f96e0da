/* Loads what makes forms of the questions when the reader comes near them: a page is
   opened faster without. Until then, and without scripts, they are text. */
(() => {
  "use strict";
  const { src, dataset } = document.currentScript;
  const address = (name) => new URL(`${name}?v=${dataset.version}`, src).href;

  function load() {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address("exercise-forms.css");
    // No form is seen without its looks, and none is missing where they fail to come.
    sheet.onload = sheet.onerror = run;
    document.head.append(sheet);
  }

  function run() {
    for (const part of ["progress", "kinds", "forms"]) {
      const script = document.createElement("script");
      script.async = false; // One after the other.
      script.src = address(`exercise-${part}.js`);
      document.head.append(script);
    }
  }

  const near = new IntersectionObserver(
    (seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      load();
    },
    { rootMargin: "1200px" },
  );
  for (const block of document.querySelectorAll(".exercises")) near.observe(block);
})();
