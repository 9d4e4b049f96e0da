"""axe-core, which finds what keeps people from using a page."""

from pathlib import Path
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
"""The program, for the page to run first."""
RUN = """async ([context, options]) => {
  const found = await axe.run(context, {resultTypes: ["violations"], ...options});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id} (${rule.impact}): ${node.target.join(" ")}: ${node.failureSummary}`));
}"""
WHOLE = {"include": [["html"]]}
# Of all parts with text of their own, the first of each look: what has the same color,
# size and weight on the same ground, in a neighborhood of the same color.
LOOKS = """() => {
  const clear = "rgba(0, 0, 0, 0)", first = new Map();
  for (const part of document.querySelectorAll("body *")) {
    const words = [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE
      && node.data.trim());
    if (!words || !part.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(part), around = getComputedStyle(part.parentElement);
    const look = [part.tagName, around.color, around.display];
    for (const name of ["color", "fill", "fontSize", "fontWeight", "textDecorationLine",
      "textShadow", "position", "borderBottom"]) look.push(style[name]);
    for (let behind = part; behind; behind = behind.parentElement) {
      const ground = getComputedStyle(behind);
      look.push(ground.opacity, ground.backgroundImage);
      if (ground.backgroundColor === clear) continue;
      look.push(ground.backgroundColor);
      break;
    }
    const key = look.join();
    if (!first.has(key)) first.set(key, part);
  }
  return [...first.values()];
}"""


def found_in_colors(page: Page, rules: list[str]) -> list[str]:
    """Run axe-core's *rules* about colors on one part of each look on *page*.

    To look at each word of a page takes five times as long, and finds the same.
    """
    parts = page.evaluate_handle(LOOKS)
    rules_alone = {"runOnly": {"type": "rule", "values": rules}}
    lines: list[str] = page.evaluate(RUN, [{"include": parts}, rules_alone])
    return lines


def found(page: Page, where: dict[str, Any], options: dict[str, Any]) -> list[str]:
    """Run axe-core on what *page* shows now; return a line for each finding."""
    lines: list[str] = page.evaluate(RUN, [where, options])
    return lines
