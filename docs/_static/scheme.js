// The reader's color scheme, before anything is painted. Not deferred: a page that is
// light first and then dark would flash.
"use strict";
document.documentElement.classList.remove("no-js");
try {
  document.body.dataset.theme = localStorage.getItem("theme") || "auto";
} catch {
  // Storage is blocked: as the system wishes.
  document.body.dataset.theme = "auto";
}
