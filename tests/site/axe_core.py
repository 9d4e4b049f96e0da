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


def found(page: Page, where: dict[str, Any], options: dict[str, Any]) -> list[str]:
    """Run axe-core on what *page* shows now; return a line for each finding."""
    lines: list[str] = page.evaluate(RUN, [where, options])
    return lines
