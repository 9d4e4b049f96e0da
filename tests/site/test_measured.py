"""The figures on the page are those of the committed results, and those of the samples.

What the page says of them in words is held here too: a new result may change it.
"""

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import costs
import pytest
from bs4 import BeautifulSoup
from builds import Built, sphinx
from measured import MINUS
from sources import DOCS
from trade_offs import model, result
from trade_offs.result import Measure, Result
from trade_offs.words import between, short

PROXIED = re.compile("nginx|haproxy|a Python")
NAMES = ("hop", "standing", "growing", "starting", "failing", "upgrading")


def committed(name: str) -> Result:
    """Return a committed result."""
    return result.read(result.RESULTS / f"{name}.json")


def every(measure: Measure, variant: str) -> list[float]:
    """Return all samples of a variant."""
    return [one for block in measure.samples[variant] for one in block]


def median(name: str, measure: str, variant: str) -> float:
    """Return a committed median."""
    return committed(name).measure(measure).median(variant).value


@pytest.mark.parametrize("name", NAMES)
def test_the_estimates_are_those_of_the_samples(name: str, tmp_path: Path) -> None:
    """A figure that somebody typed into the file would differ."""
    path = result.RESULTS / f"{name}.json"
    result.write(result.read(path), tmp_path / path.name)
    assert (tmp_path / path.name).read_text("utf-8") == path.read_text("utf-8")


def test_the_charts_are_drawn_from_the_results() -> None:
    images = DOCS.parent / "images"
    found = runpy.run_path(str(images / "charts.py"))["charts"]()
    assert found == {name: (images / name).read_text("utf-8") for name in found}


def test_the_page_shows_the_committed_figures(
    handbook: Callable[[str], Built],
) -> None:
    page = handbook("html").folder / "pattern" / "trade-offs.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    tables = {
        table.caption.get_text(): [
            [cell.get_text().strip() for cell in row.select("th, td")]
            for row in table.select("tr")
        ]
        for table in soup.select("table.measured")
        if table.caption
    }
    assert len(tables) >= 9
    (rows,) = [rows for name, rows in tables.items() if "five hundred a second" in name]
    measure = committed("hop").measure("time at 500 requests a second")
    for name, *cells in rows[1:]:
        value, more, ratio = (
            measure.median(name),
            measure.added(name),
            measure.times(name),
        )
        wanted = [short(value.value), between(value.low, value.high)]
        base = name == measure.base
        wanted.append("" if base else short(more.value, sign=True).replace("-", MINUS))
        wanted.append("" if base or ratio is None else short(ratio.value))
        assert cells == wanted, name
    nginx = measure.times("nginx")
    assert nginx
    words = f"{short(nginx.value)} ({between(nginx.low, nginx.high)}) times as long"
    assert words in " ".join(soup.get_text().split())


def test_what_the_page_says_of_the_hop() -> None:
    measure = committed("hop").measure("time at 500 requests a second")
    direct = measure.median("direct").value
    assert 0.75 < median("hop", measure.name, "a Unix socket") / direct < 1.25
    for other in ("direct", "a Unix socket"):
        call = median("hop", measure.name, "a call within the program")
        assert call < median("hop", measure.name, other) / 1000
    proxies = {name for name in measure.samples if PROXIED.match(name)}
    slowest = max(measure.median(name).value for name in set(measure.samples) - proxies)
    bars = [measure.median(name).value for name in proxies]
    assert min(bars) > 2 * slowest
    assert max(bars) < 4 * direct
    pods = [
        median("hop", measure.name, x) for x in ("direct, in one pod", "another pod")
    ]
    assert pods[1] < pods[0] * 1.25


def test_what_the_page_says_of_growth() -> None:
    name = "memory of 50 copies"
    alone, library, agent, sidecars = (
        median("growing", name, place)
        for place in ("no helper", "a library", "a node agent", "sidecars")
    )
    assert sidecars > library * 1.2
    assert agent < sidecars * 0.8
    assert alone < agent < library
    fits = result.fits(committed("growing"))
    assert fits["crossings"]["sidecars"][0] < 2
    assert 2 < fits["crossings"]["a library"][0] < 30
    # Much of what sidecars take is asking whether there is anything new.
    more = [
        committed("growing").measure(name).added("sidecars").value
        for name in ("processor time of 50 copies, idle", "processor time of 50 copies")
    ]
    assert more[1] / 4 < more[0] < more[1]


def test_what_the_page_says_of_proxies() -> None:
    name = "memory of 50 copies"
    each, one = (
        median("growing", name, x) for x in ("a proxy each", "a proxy for all")
    )
    assert one < each
    times = committed("growing").measure("time of an answer of 50 copies")
    for proxy in ("a proxy each", "a proxy for all"):
        assert times.added(proxy).value > 0
    alone = committed("hop").measure("time at 500 requests a second")
    for proxy in ("nginx", "haproxy", "a Python relay"):
        assert alone.added(proxy).low > 0


def test_what_is_worked_out_on_the_page_is_the_model(
    handbook: Callable[[str], Built],
) -> None:
    page = handbook("html").folder / "pattern" / "trade-offs.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    rows = [
        [cell.get_text().strip() for cell in row.select("td")]
        for row in soup.select(".costs table tbody tr")
    ]
    sizes = [model.Size(3, 1, 30), model.Size(50, 1, 500), model.Size(200, 10, 2000)]
    wanted = [
        [name, *cells] for size in sizes for name, cells in costs.worked(size).items()
    ]
    assert [row[1:] for row in rows] == wanted
    # And the terms are those of the samples.
    terms = result.fits(committed("growing"))["model"]["sidecars"]
    by_hand = model.cost({name: one[0] for name, one in terms.items()}, sizes[1])
    assert short(by_hand.memory) == costs.worked(sizes[1])["sidecar beside"][0]


def test_what_the_page_says_of_helpers_that_stand_still() -> None:
    name = "memory while nothing happens"
    empty = median("standing", name, "an empty Python program")
    assert median("standing", name, "nginx") < empty
    assert median("standing", name, "rsyslog") < empty
    name = "processor time at 100 a second"
    proxy = median("standing", name, "https_termination")
    assert proxy > 2 * median("standing", name, "nginx")


def test_what_the_page_says_of_start_and_stop() -> None:
    lost = committed("starting").measure("lines lost")
    none, some = {"a library", "a sidecar, stopped last"}, set(lost.samples)
    assert all(max(every(lost, name)) == 0 for name in none)
    assert all(min(every(lost, name)) > 0 for name in some - none)


def test_what_the_page_says_of_failures() -> None:
    failed = "requests failed when the helper {}"
    for fault in ("crashes", "leaks memory"):
        name = failed.format(fault)
        assert median("failing", name, "a library") > 0
        assert median("failing", name, "sidecars") == 0
    full = failed.format("fills the disk")
    assert median("failing", full, "sidecars") > median("failing", full, "a library")
    slow = "time of an answer when the helper goes round in a circle"
    assert median("failing", slow, "a library") > 5 * median(
        "failing", slow, "sidecars"
    )
    name = failed.format("fills the volume")
    assert median("failing", name, "dynamic_config") == 0
    assert median("failing", name, "git_sync") == 0
    name = failed.format("is killed")
    assert median("failing", name, "log_saver") == 0
    assert median("failing", name, "https_termination") > 0


def test_what_the_page_says_of_upgrades() -> None:
    measure = committed("upgrading").measure("requests failed")
    assert max(every(measure, "a sidecar beside")) == 0
    assert measure.median("a library").value > 0
    assert measure.median("a sidecar on the way").value > 0


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("{measured}`hops / x / y / median`", "no result 'hops': failing, growing"),
        ("{measured}`hop / time / y / median`", "hop has no measure 'time': time at"),
        ("{measured-on}`hops`", "no result 'hops'"),
        ("```{measured} hop\nlines lost\n```", "hop has no measure 'lines lost'"),
        (
            "```{measured} starting\n:variants: a wheel\nlines lost\n```",
            "starting has no variant 'a wheel': a library",
        ),
    ],
)
def test_what_is_not_in_a_result_fails_the_build(
    tmp_path: Path, text: str, warning: str
) -> None:
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path[:0] = [{str(DOCS / '_ext')!r}, "
        f"{str(DOCS.parent / 'examples')!r}]\n"
        "extensions = ['myst_parser', 'measured']\n"
    )
    (tmp_path / "index.md").write_text(f"# Costs\n\n{text}\n")
    built = sphinx(tmp_path, tmp_path / "out", "html")
    assert built.status != 0
    assert any(warning in line for line in built.warnings), built.said
