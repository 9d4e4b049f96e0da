/* "/" and Ctrl+K go to the search: to its box, or to its page where the box is hidden. */
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  const control = event.key === "k" && (event.ctrlKey || event.metaKey);
  if (!control && (!slash || typing)) return;
  const box = document.querySelector("#search-box, input[name=q]");
  if (!box) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { left, width } = box.getBoundingClientRect();
  if (width && left >= 0) box.focus();
  else location.assign(box.form.action);
});
