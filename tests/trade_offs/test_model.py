"""The model finds again what its samples were made of, and works it out."""

import pytest
from trade_offs import fit, model
from trade_offs.model import Size
from trade_offs.result import Measure, Result, fits

TRUE = (6.0, 0.5, 7.0, 2.0, 0.3, 20.0)
"""In the order of model.TERMS."""


def grown(blocks: int = 4) -> Result:
    """Return a result of `growing` whose helpers cost what TRUE says."""
    a, b, c, d, e, t = TRUE
    measures = []

    def add(name: str, base: float, more: float) -> None:
        samples = {
            "no helper": [[base + n] for n in range(blocks)],
            "sidecars": [[base + n + more] for n in range(blocks)],
            "a node agent": [[base + n + more / 2] for n in range(blocks)],
        }
        measures.append(Measure(name, "", samples))

    for copies in (1, 5, 50):
        word = "copy" if copies == 1 else "copies"
        add(f"memory of {copies} {word}", 11.0 * copies, a + b * copies)
        more = c + d * copies
        add(f"processor time of {copies} {word}", 3, more + e * copies * fit.RATE)
    add("processor time of 50 copies, idle", 1, more)
    add("time of an answer of 50 copies", 100, t)
    return Result("growing", "how?", "2026", {}, measures)


def test_the_fit_finds_what_the_samples_were_made_of() -> None:
    found = fits(grown())["model"]["sidecars"]
    for term, wanted in zip(model.TERMS, TRUE, strict=True):
        assert found[term] == pytest.approx([wanted] * 3), term


def test_a_large_system_is_worked_out_from_the_fit() -> None:
    found = fits(grown())["on paper"]["sidecars"]["1000"]
    assert found["memory"] == pytest.approx([6 * 20 + 0.5 * 1000] * 3)
    busy = (7 * 20 + 2 * 1000 + 0.3 * 10_000) / 1000
    assert found["processor"] == pytest.approx([busy] * 3)


def test_lines_cross_where_they_are_equal() -> None:
    """Half of everything crosses only where there is nothing: from the first on."""
    assert fits(grown())["crossings"] == {"sidecars": [1, 1, 1]}
    flat = dict.fromkeys(model.TERMS, 0.0) | {"memory of a node": 6.0}
    steep = dict.fromkeys(model.TERMS, 0.0) | {"memory of a copy": 0.5}
    found = fit.crossings({"a node agent": [flat], "a library": [steep]})
    assert found["a library"] == [12, 12, 12]


def test_less_than_nothing_counts_as_nothing() -> None:
    less = dict.fromkeys(model.TERMS, -1.0)
    assert model.cost(less, Size(3, 1, 30)) == model.Cost(0, 0, 0)


def test_other_measurements_have_no_model() -> None:
    one = Measure("time", "ms", {"direct": [[1.0]], "proxy": [[2.0]]})
    assert fits(Result("hop", "how?", "2026", {}, [one])) == {}
