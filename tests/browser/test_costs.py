"""The calculator on the page on what a sidecar costs."""

import costs
import pytest
from browsing import OpenPage
from playwright.sync_api import Page
from trade_offs.model import Size

PAGE = "pattern/trade-offs.html"
SIZES = [(1, 1, 1), (7, 2, 93), (100, 5, 1000), (1_000_000, 20_000, 10_000_000)]


def put(page: Page, *numbers: float) -> None:
    """Type numbers into the fields."""
    for field, number in zip(page.locator(".costs input").all(), numbers, strict=True):
        field.fill(str(number))


def shown(page: Page) -> dict[str, list[str]]:
    """Return the cells of each helper."""
    rows = page.locator(".costs > table tbody tr").all()
    return {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in rows
    }


def test_the_script_and_the_model_work_out_the_same(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    for size in SIZES:
        put(page, *size)
        assert shown(page) == costs.worked(Size(*size)), size
    memory = costs.worked(Size(*SIZES[-1]))["sidecar beside"][0]
    assert memory in page.locator(".costs output").inner_text()


def test_what_is_no_size_is_refused_in_words(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    for number in ("0", "-3", "1.5", ""):
        put(page, 100, 5, 1000)
        assert shown(page)
        page.get_by_label("Copies of the application").fill(number)
        assert shown(page) == {}
        assert "whole number from 1" in page.locator(".costs output").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_calculator_fits_a_phone(open_page: OpenPage, scheme: str) -> None:
    page = open_page(PAGE, width=360, scheme=scheme)
    for part in page.locator(".costs input, .costs > table").all():
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


def test_without_a_script_the_worked_sizes_are_there(open_page: OpenPage) -> None:
    page = open_page(PAGE, javascript=False)
    assert page.locator(".costs form").count() == 0
    assert page.locator(".costs table tbody tr").count() == 15
