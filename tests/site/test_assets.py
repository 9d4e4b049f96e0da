"""The one sheet of the theme: without what no page uses, with all that one does."""

import re
from collections.abc import Callable

import assets
from builds import Built


def test_no_page_uses_what_is_left_out(handbook: Callable[[str], Built]) -> None:
    """A class that a page has is not among those whose rules are dropped."""
    built = handbook("html")
    assert built.status == 0, built.said[-2000:]
    used = {
        name
        for page in built.folder.rglob("*.html")
        for names in re.findall(r'class="([^"]*)"', page.read_text("utf-8"))
        for name in names.split()
    }
    assert len(used) > 100
    assert sorted(name for name in used if assets.UNUSED.match(name)) == []


def test_a_rule_is_kept_for_what_is_used() -> None:
    """Of a list of selectors, those stay that a page can have; so do their media."""
    css = "/* x */.sd-btn,.sd-card{a:b}.sd-btn-x{c:d}@media print{.sd-btn{e:f}.z{g:h}}"
    assert assets.pruned(css) == ".sd-card{a:b}@media print{.z{g:h}}"


def test_a_property_goes_with_its_last_reader() -> None:
    """One that only an idle one reads goes too; one read elsewhere stays."""
    css = "body{--a:1;--b:var(--a);--c:2;color:red}"
    assert assets.without_idle_properties(css, "") == "body{color:red}"
    kept = assets.without_idle_properties(css, "x { y: var(--b) }")
    assert kept == "body{--a:1;--b:var(--a);color:red}"


def test_a_picture_in_a_property_goes_whole() -> None:
    """A semicolon in quotes does not end a value."""
    css = "body{--icon:url('data:image/svg+xml;charset=utf-8,<svg></svg>');color:red}"
    assert assets.without_idle_properties(css, "") == "body{color:red}"
    assert assets.without_replaced(css, "body { --icon: none; }") == "body{color:red}"


def test_what_our_sheet_sets_is_not_set_before() -> None:
    """Only the first rule of ours counts, which holds for every page."""
    ours = "/* { */\nbody { --a: 1; }\n@media print { body { --b: 2; } }"
    css = "body{--a:9;--b:9;--ab:9}"
    assert assets.without_replaced(css, ours) == "body{--b:9;--ab:9}"


def test_space_that_says_something_stays() -> None:
    """Between the parts of a selector, and within a value."""
    css = """
/* A remark. */
a :is(b,
c) > d::after {
  content: " (" attr(href) ")";
  margin: 0 auto;
}

@media (min-width: 48em) {
  p {
    color: red;
  }
}
"""
    assert assets.tight(css) == (
        'a :is(b,c) > d::after{content:" (" attr(href) ")";margin:0 auto}'
        "@media (min-width:48em){p{color:red}}"
    )
