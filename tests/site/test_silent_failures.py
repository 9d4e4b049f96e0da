"""Each check of ours goes red on a broken sample and stays green on a good one."""

from collections.abc import Callable, Iterable
from pathlib import Path

import checks
import pytest

PAGE = Path("page.md")
HTML = '<div role="main"><h1>Title</h1>{}</div>'


def on_page(check: Callable[[Path, str], Iterable[str]]) -> Callable[[str], list[str]]:
    """Let *check* be called with the text of a page alone."""
    return lambda text: list(check(PAGE, text))


def on_html(check: Callable[[str], Iterable[str]]) -> Callable[[str], list[str]]:
    """Let *check* be called with what stands below a title."""
    return lambda body: list(check(HTML.format(body)))


SAMPLES = {
    "a directive swallowed by the line before it": (
        on_html(checks.swallowed_directives),
        "<p>Some words<br/>```{note}\nHello\n```</p>",
        "<p>Some words</p><pre>```{note}```</pre>",
    ),
    "a colon fence printed as text": (
        on_html(checks.swallowed_directives),
        "<p>:::{dropdown} Answer</p>",
        "<p>Answer: yes</p>",
    ),
    "a role printed as text": (
        on_html(checks.swallowed_directives),
        "<p>See {ref}<code>define</code> or {ref}`define`</p>",
        "<p>See <code>{ref}`define`</code></p>",
    ),
    "an example in a plain fence": (
        on_page(checks.untested_examples),
        "```text\n>>> 3 + 3\n7\n```\n",
        "```{doctest}\n>>> 3 + 3\n6\n```\n",
    ),
    "Python that nothing runs": (
        on_page(checks.untested_examples),
        "```python\nprint(1)\n```\n",
        "```{testcode}\nprint(1)\n```\n",
    ),
    "an example inside a box": (
        on_page(checks.untested_examples),
        ":::{note}\n```pycon\n>>> 3 + 3\n7\n```\n:::\n",
        ":::{note}\n```{doctest}\n>>> 3 + 3\n6\n```\n:::\n",
    ),
    "a diagram without a name": (
        on_page(checks.nameless_diagrams),
        "```{mermaid}\nflowchart TB\n  accDescr: b\n  a --> b\n```\n",
        "```{mermaid}\nflowchart TB\n  accTitle: a\n  accDescr: b\n  a --> b\n```\n",
    ),
    "a diagram without a description": (
        on_page(checks.nameless_diagrams),
        "```{mermaid}\nflowchart TB\n  accTitle: a\n  a --> b\n```\n",
        "```{mermaid}\nflowchart TB\n  accTitle: a\n  accDescr {\n b\n }\n```\n",
    ),
    "a layout without a name": (
        on_page(checks.nameless_diagrams),
        "```{layout} pod.yaml\ncurl --> {web}\n```\n",
        "```{layout} pod.yaml\n:title: a\ncurl --> {web}\n```\n",
    ),
    "a diagram missing from one output": (
        lambda count: list(checks.unequal_counts({"source": 3, "PDF": int(count)})),
        "2",
        "3",
    ),
    "a glyph that the font lacks": (
        lambda log: list(checks.missing_glyphs(log)),
        "Overfull\nMissing character: There is no ✗ (U+2717) in font x!\n",
        "Overfull \\hbox\n",
    ),
    "a line that sticks out": (
        lambda log: list(checks.overfull_boxes(log)),
        "Overfull \\hbox (2.1pt too wide) in paragraph at lines 1--2\n",
        "Overfull \\hbox (1.9pt too wide) in paragraph at lines 1--2\n",
    ),
    "tabs left to LaTeX": (
        lambda tex: list(checks.clickable_in_print(tex)),
        r"\begin{sphinxuseclass}{sd-tab-item}",
        r"\begin{sphinxadmonition}{note}{Compose}",
    ),
    "an output that no test regenerates": (
        on_page(checks.loose_outputs),
        "```console\n$ ls\nREADME.md\n```\n",
        "```console\n$ ls \\\n    docs\n$ pwd\n```\n",
    ),
    "a manifest typed into a page": (
        on_page(checks.loose_data),
        "```yaml\nkind: Pod\n```\n",
        "```{literalinclude} ../../examples/pods/a.yaml\n:language: yaml\n```\n",
    ),
    "a listing included by line numbers": (
        on_page(checks.loose_data),
        "```{literalinclude} a.yaml\n:lines: 3-4\n```\n",
        '```{literalinclude} a.yaml\n:start-after: "# [x]"\n```\n',
    ),
    "a listing too wide for the PDF": (
        lambda body: list(checks.wide_listings(body)),
        f'<div class="highlight"><pre>{"x" * 81}</pre></div>',
        f'<div class="highlight"><pre>{"x" * 80}</pre></div>',
    ),
    "a heading that jumps": (
        on_html(checks.heading_jumps),
        "<h3>Too deep</h3>",
        "<h2>Next</h2><h3>Deeper</h3><h2>Back</h2>",
    ),
    "a picture without words": (
        on_html(checks.bare_figures),
        '<img src="a.svg">',
        '<img src="a.svg" alt="A motorcycle with a sidecar">',
    ),
    "a table without a header": (
        on_html(checks.bare_figures),
        "<table><caption>c</caption><tr><td>a</td></tr></table>",
        "<table><caption>c</caption><tr><th>a</th></tr></table>",
    ),
    "a table without a caption": (
        on_html(checks.bare_figures),
        "<table><tr><th>a</th></tr></table>",
        "<table><caption>c</caption><tr><th>a</th></tr></table>",
    ),
    "an address outside the bibliography": (
        lambda text: list(checks.stray_addresses(text)),
        "See [this](https://example.org/page).",
        "Open http://127.0.0.1:8080/ or http://localhost:8081/.",
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_check_sees_a_broken_sample(name: str) -> None:
    """A broken sample is found; the same thing done rightly is not."""
    check, broken, good = SAMPLES[name]
    assert check(broken), "the broken sample passed"
    assert check(good) == [], "the good sample failed"
