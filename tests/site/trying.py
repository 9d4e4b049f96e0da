"""The handbook with the page "Try it" at work, for its tests and its bench."""

import re
from pathlib import Path

from builds import Built, sphinx
from playwright.sync_api import Page, expect
from sources import DOCS
from try_it import pyodide

PAGE = "reference/try.html"
FIRST = 120_000
"""Milliseconds for the first answer, on a machine that does other things besides."""


def built_with(folder: Path, target: Path, doctrees: Path) -> Built:
    """Build the site into *target*, with the Pyodide that *folder* holds, if it does.

    Builds that share *doctrees* read the pages once.
    """
    where = ("-d", str(doctrees), "-D", f"try_it_pyodide={folder}")
    return sphinx(DOCS, target, "html", *where)


def fetched(folder: Path) -> Path:
    """Fetch Pyodide into *folder*, or take what `nox -s tryit` has fetched.

    Raises pyodide.NotHere where it cannot be had.
    """
    if pyodide.complete(pyodide.FOLDER):
        return pyodide.FOLDER
    pyodide.fetch(folder)
    return folder


def paste(page: Page, text: str) -> None:
    """Put *text* into the form at one stroke, as a paste does."""
    page.locator("#try-text").evaluate("(area, text) => { area.value = text; }", text)


def ask(page: Page, text: str) -> None:
    """Paste *text*, ask for an explanation, and wait for it."""
    paste(page, text)
    page.get_by_role("button", name="Explain it").click()
    answered(page)


def answered(page: Page) -> None:
    """Wait until the answer is there."""
    status = page.locator(".try-it [role=status]")
    expect(status).to_have_text(re.compile(r"^Done\."), timeout=FIRST)
