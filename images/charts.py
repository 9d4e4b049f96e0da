"""Draw the charts of the measured costs from the committed results.

    .nox/tests/bin/python images/charts.py

Their colors are the palette's, so they follow the page's scheme as the drawings do
(docs/_ext/drawings.py). Each stands beside a table with the same figures. A test draws
them anew: a new result makes it fail until the charts are drawn from it.
"""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

IMAGES = Path(__file__).parent
RESULTS = IMAGES.parent / "examples" / "trade_offs" / "results"
sys.path.insert(0, str(IMAGES.parent / "docs" / "_ext"))

from palette import PALETTE  # noqa: E402

FONT = "var(--diagram-font, 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif)"
INK = {name: light for name, (light, _) in PALETTE.items()}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # words that can be found and copied
    "svg.hashsalt": "sidecar-handbook",
    "font.size": 11.5,
    "text.color": INK["text"],
    "axes.labelcolor": INK["text"],
    "axes.edgecolor": INK["edge"],
    "xtick.color": INK["edge"],
    "ytick.color": INK["edge"],
    "xtick.labelcolor": INK["text"],
    "ytick.labelcolor": INK["text"],
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def estimates(name: str) -> dict[str, Any]:
    """Return the estimates of a committed result."""
    text = (RESULTS / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["estimates"]
    return found


def growth(axes: Axes) -> None:
    """Draw how memory grows with the copies, in each of the three places."""
    found = estimates("growing")
    measures = [name for name in found if name.startswith("memory of ")]
    copies = [int(name.split()[2]) for name in measures]
    # Told apart by mark and line, too.
    looks = {
        "sidecars": ("sidecar", "o", "-"),
        "a library": ("main", "s", "--"),
        "a node agent": ("volume", "^", ":"),
    }
    for place, (color, mark, line) in looks.items():
        medians = [found[name][place]["median"][0] for name in measures]
        axes.plot(copies, medians, color=INK[color], marker=mark, linestyle=line)
        above = place != "a node agent"
        axes.annotate(
            place,
            (copies[-1], medians[-1]),
            xytext=(8, 6 if above else -14),
            textcoords="offset points",
            color=INK[color],
        )
    axes.set_xlabel("copies of the application")
    axes.set_ylabel("memory of all programs, MiB")
    axes.set_xlim(0, 62)
    axes.set_ylim(0)


def hop(axes: Axes) -> None:
    """Draw how long a request takes by each way, with its interval."""
    found = estimates("hop")["time at 500 requests a second"]
    ways = [name for name in found if "call" not in name]
    for place, name in enumerate(reversed(ways)):
        value, low, high = found[name]["median"]
        through = name.startswith(("nginx", "haproxy", "a Python"))
        color = "sidecar" if through else "main"
        axes.barh(
            place,
            value,
            height=0.6,
            color=INK[f"{color}-soft"],
            edgecolor=INK[color],
            linewidth=1.2,
        )
        axes.plot([low, high], [place, place], color=INK[color], linewidth=3)
    axes.set_yticks(range(len(ways)), list(reversed(ways)))
    axes.set_xlabel("microseconds for a request")


WIDTH = 5.0
"""Of each chart, in inches: so narrow that a phone need not make its words small."""

CHARTS = {"chart-growth.svg": (growth, 3.2), "chart-hop.svg": (hop, 3.4)}
"""The name of each file, what draws it, and how high it is, in inches."""


def drawn(figure: Figure) -> str:
    """Return *figure* as an SVG in the palette's colors."""
    out = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    pyplot.close(figure)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"#[0-9a-f]{6}\b", in_the_palette, svg)
    svg = re.sub(r"font-family: [^;\"]+", f"font-family: {FONT}", svg)
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda path: " ".join(path[0].split()), svg)
    return re.sub(r"\n\s*", "\n", svg)


def in_the_palette(color: re.Match[str]) -> str:
    """Return a color as the palette's; where it has two names, the last one."""
    name = {value: name for name, value in INK.items()}[color[0]]
    return f"var(--hb-{name}, {color[0]})"


def charts() -> dict[str, str]:
    """Return every chart, by the name of its file."""
    made = {}
    with matplotlib.rc_context(STYLE):
        for name, (draw, height) in CHARTS.items():
            size = (WIDTH, height)
            figure, axes = pyplot.subplots(figsize=size, layout="constrained")
            draw(axes)
            made[name] = drawn(figure)
    return made


if __name__ == "__main__":
    for name, svg in charts().items():
        (IMAGES / name).write_text(svg, encoding="utf-8")
