"""What axe cannot see: pictures in words, headings, targets, color and motion."""

from itertools import pairwise
from typing import Any

import pytest
from browsing import OpenPage
from playwright.sync_api import Page


@pytest.fixture(scope="module")
def tree(shown: Page) -> list[dict[str, Any]]:
    """Give the accessibility tree of each page, as a screen reader gets it."""
    client = shown.context.new_cdp_session(shown)
    nodes = client.send("Accessibility.getFullAXTree")["nodes"]
    client.detach()
    return [node for node in nodes if not node["ignored"]]


def said(node: dict[str, Any], what: str) -> str:
    """Return the name, the role or the description of a node of that tree."""
    text: str = node.get(what, {}).get("value", "")
    return text


def test_pictures_are_read_out(shown: Page, tree: list[dict[str, Any]]) -> None:
    """A picture has a name; a diagram a description too; neither is a heap of words."""
    drawn = shown.locator("article .diagram > svg").count()
    drawings = shown.locator("article svg.drawing").count()
    others = shown.locator("img:not([alt='']):visible").count()
    images = [node for node in tree if said(node, "role") == "image"]
    assert len(images) == drawn + drawings + others
    assert all(said(node, "name") for node in images)
    described = [node for node in images if len(said(node, "description")) > 40]
    assert len(described) >= drawn
    # What stands in a picture is not read out a second time, word by word.
    spoken = {node["nodeId"]: node for node in tree}
    parts = [part for node in images for part in node["childIds"] if part in spoken]
    while parts:
        part = spoken[parts.pop()]
        assert not said(part, "name")
        parts += [child for child in part["childIds"] if child in spoken]


def test_headings_do_not_jump(tree: list[dict[str, Any]]) -> None:
    """The first heading is of level one, the only one; none is two levels deeper."""
    levels = [
        next(p["value"]["value"] for p in node["properties"] if p["name"] == "level")
        for node in tree
        if said(node, "role") == "heading"
    ]
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


# WCAG 2.2, 2.5.8: a target is 24 pixels wide and high, unless it stands in a sentence
# or a circle of 24 pixels around its middle meets no other target.
SMALL = """() => {
  const box = part => part.getBoundingClientRect();
  const parts = [...document.querySelectorAll(
    "a[href], button, input, summary, label, select, textarea, [tabindex='0']")]
    .filter(part => part.checkVisibility({visibilityProperty: true}) && box(part).width
      && getComputedStyle(part).opacity !== "0" && !part.closest("svg")
      && !part.matches(".headerlink, .skip-to-content"));
  const inline = part => {
    if (getComputedStyle(part).display !== "inline") return false;
    const block = part.closest("p, li, dd, dt, td, th, figcaption, caption, h1, h2, h3,"
      + " h4, div");
    return block.textContent.trim().length > part.textContent.trim().length;
  };
  const middle = part => {
    const {left, top, width, height} = box(part);
    return [left + width / 2, top + height / 2];
  };
  const small = parts.filter(part => !inline(part) && !part.matches("[tabindex='0']")
    && (box(part).width < 24 || box(part).height < 24));
  const near = (part, other) => {
    const [x, y] = middle(part), {left, top, right, bottom} = box(other);
    const p = Math.max(left, Math.min(x, right));
    const q = Math.max(top, Math.min(y, bottom));
    const [u, v] = middle(other);
    return Math.hypot(x - p, y - q) < 12
      || (small.includes(other) && Math.hypot(x - u, y - v) < 24);
  };
  const one = (part, other) => part === other || part.contains(other)
    || [...part.labels ?? []].includes(other);
  return small.filter(part => parts.some(other =>
      !one(part, other) && !one(other, part) && near(part, other)))
    .map(part => [part.outerHTML.slice(0, 120), box(part).width, box(part).height]);
}"""


def test_targets_can_be_hit(shown: Page) -> None:
    """At a phone's and a desk's width no target is small and close to another."""
    for width in (360, 1440):
        shown.set_viewport_size({"width": width, "height": 900})
        assert shown.evaluate(SMALL) == [], width


BARE_LINKS = """() => [...document.querySelectorAll("article :is(p, dd) a[href]")]
  .filter(link => link.checkVisibility() && link.textContent.trim()
    && !link.matches(".headerlink, .sd-stretched-link"))
  .filter(link => {
    const lined = part => getComputedStyle(part).textDecorationLine === "underline"
      || parseFloat(getComputedStyle(part).borderBottomWidth) > 0;
    return !lined(link) && ![...link.querySelectorAll("*")].every(lined);
  })
  .map(link => link.outerHTML.slice(0, 120))"""


def test_links_are_marked_by_more_than_color(shown: Page) -> None:
    """A link in a text is underlined."""
    assert shown.evaluate(BARE_LINKS) == []


@pytest.mark.parametrize("name", ["pattern/define.html", "recap.html", "index.html"])
def test_nothing_moves_for_who_wants_none(open_page: OpenPage, name: str) -> None:
    """With prefers-reduced-motion no part has a transition or an animation."""
    page = open_page(name, width=360, reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(part => {
          const style = getComputedStyle(part);
          return style.transitionDuration.split(", ").some(time => parseFloat(time) > 0)
            || style.animationName !== "none" || style.scrollBehavior === "smooth";
        }).map(part => part.outerHTML.slice(0, 99))"""
    )
    assert moving == []


SHAPES = """() => [...document.querySelectorAll(".diagram > svg")].map(svg => {
  const color = (part, what) => getComputedStyle(part)[what];
  const ground = getComputedStyle(document.body).backgroundColor;
  const words = [...svg.querySelectorAll("text")].map(part => color(part, "fill"));
  const lines = [...svg.querySelectorAll("rect, path, line, polygon, circle")]
    .map(part => color(part, "stroke")).filter(value => value !== "none");
  return [ground, [...new Set(words)], [...new Set(lines)]];
})"""


def test_pictures_in_the_readers_own_colors(open_page: OpenPage) -> None:
    """With forced colors, words and lines of a diagram differ from the ground."""
    page = open_page("pattern/define.html", forced_colors="active", scheme="dark")
    pictures = page.evaluate(SHAPES)
    assert pictures
    for ground, words, lines in pictures:
        assert ground not in words
        assert words
        assert any(line != ground for line in lines)


def test_kinds_of_boxes_differ_without_color(open_page: OpenPage) -> None:
    """Main, sidecar, volume and outside have borders of their own width or dashes."""
    page = open_page("pattern/define.html")
    borders = page.evaluate(
        """() => ["main", "sidecar", "volume", "outside"].map(kind => {
          const part = document.querySelector(`.diagram .${kind} .label-container`);
          const {strokeWidth, strokeDasharray} = getComputedStyle(
            part.querySelector("path") || part);
          return `${strokeWidth} ${strokeDasharray}`;
        })"""
    )
    assert len(set(borders)) == 4
