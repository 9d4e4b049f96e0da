"""Taking turns, results as files and tables, and what moved between two of them."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from trade_offs import __main__ as command
from trade_offs import paired, result
from trade_offs.result import Measure, Result

REPO = Path(__file__).parents[2]


def test_every_variant_has_one_turn_in_each_round() -> None:
    turns: list[str] = []

    def turn(name: str) -> float:
        turns.append(name)
        return float(len(turns))

    variants = {name: lambda name=name: turn(name) for name in "abc"}
    samples = paired.take_turns(variants, 20, seed=1)
    rounds = [turns[start : start + 3] for start in range(0, 60, 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert len({tuple(one) for one in rounds}) > 3
    assert samples["b"][5] == 15 + rounds[5].index("b") + 1


def test_a_pace_is_kept_although_an_answer_is_late() -> None:
    starts: list[float] = []

    def ask() -> float:
        starts.append(time.perf_counter())
        time.sleep(0.03 if len(starts) == 3 else 0)
        return 0

    paired.take_turns({"one": ask}, 20, seed=1, pace=0.01)
    assert starts[-1] - starts[0] >= 0.18


def test_a_turn_that_fails_gives_no_result() -> None:
    def fail() -> float:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        paired.take_turns({"one": fail}, 3, seed=1)


def found(**samples: list[float]) -> Result:
    """Return a result with one measure."""
    blocks = {name: [[one] for one in every] for name, every in samples.items()}
    measure = Measure("time", "ms", blocks)
    machine = {"processor": "a"}
    return Result("hop", "how long?", "2026-11-26T00:00:00", machine, [measure])


DIRECT = [10.0, 11, 12, 13, 14]


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    one = replace(found(direct=DIRECT, proxy=[20.5] * 5), left_out={"x": "not here"})
    path = tmp_path / "new" / "hop.json"
    result.write(one, path)
    assert result.read(path) == one
    text = path.read_text(encoding="utf-8")
    assert "[10.0],\n" in text
    assert '"blocks": 5' in text


def test_what_is_no_result_is_refused_by_name(tmp_path: Path) -> None:
    old = '{"measures": [{"name": "a", "unit": "s", "samples": {"b": [1]}}]}'
    for text in (old, "", "[1]", '{"name": "hop"}', '{"measures": [{"x": 1}]}'):
        path = tmp_path / "hop.json"
        path.write_text(text)
        with pytest.raises(ValueError, match=r"hop\.json: not a result"):
            result.read(path)


def test_a_summary_has_a_line_for_each_variant_and_fits() -> None:
    one = found(direct=DIRECT, proxy=[number * 2 for number in DIRECT])
    lines = list(result.summary(replace(one, left_out={"far": "no tc here"})))
    assert max(map(len, lines)) <= 80
    proxy = next(line for line in lines if "proxy" in line)
    assert proxy.split() == ["proxy", "24.0", "20.0", "to", "28.0", "+12.0", "2.00"]
    assert lines[-1] == "  left out: far: no tc here"


def test_beside_nothing_there_is_no_ratio() -> None:
    lines = list(result.summary(found(direct=[0.0] * 5, proxy=DIRECT)))
    assert lines[-1].split() == ["proxy", "12.0", "10.0", "to", "14.0", "+12.0"]


def test_the_same_again_has_not_moved() -> None:
    one = found(direct=DIRECT, proxy=[number * 2 for number in DIRECT])
    slower = found(
        direct=[number * 3 for number in DIRECT],
        proxy=[number * 6 for number in DIRECT],
    )
    assert list(result.moved(one, slower)) == []


def test_what_lies_outside_its_interval_is_told() -> None:
    one = found(direct=DIRECT, proxy=[number * 2 for number in DIRECT])
    other = found(direct=DIRECT, proxy=[number * 3 for number in DIRECT])
    assert list(result.moved(one, other)) == [
        "time: proxy: 3.00 to 3.00 times direct, was 2.00 to 2.00"
    ]


def test_a_changed_order_is_told() -> None:
    one = found(direct=[1.0] * 5, nginx=[2.0] * 5, relay=[3.0] * 5)
    other = found(direct=[1.0] * 5, nginx=[3.0] * 5, relay=[2.0] * 5)
    assert "time: nginx and relay have changed places" in result.moved(one, other)


def test_without_a_ratio_the_differences_count() -> None:
    one = found(direct=[0.0] * 5, proxy=[4.0] * 5)
    other = found(direct=[0.0] * 5, proxy=[9.0] * 5)
    assert list(result.moved(one, one)) == []
    assert list(result.moved(one, other)) == [
        "time: proxy: 9.00 to 9.00 ms more than direct, was 4.00 to 4.00"
    ]


def test_a_step_of_the_counting_is_no_move() -> None:
    base = {"direct": [[4.0]] * 6}
    one, more, far = (
        Measure("failed", "requests", base | {"proxy": [[x]] * 6}, step=1.0)
        for x in (8.0, 9.0, 13.0)
    )
    results = [replace(found(direct=[1.0]), measures=[x]) for x in (one, more, far)]
    assert list(result.moved(results[0], results[1])) == []
    assert len(list(result.moved(results[0], results[2]))) == 1


def test_blocks_come_together_by_the_name_of_their_measure() -> None:
    one = Measure.of_block("a", "ms", {"x": [1.0, 2]})
    two = Measure.of_block("a", "ms", {"x": [3.0, 4]})
    (both,) = result.together([[one], [two]])
    assert both == Measure("a", "ms", {"x": [[1.0, 2], [3.0, 4]]})
    assert both.blocks == 2
    with pytest.raises(KeyError):
        result.together([[one], []])


def test_folders_of_results_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = {
        "a": found(direct=DIRECT, proxy=[number * 2 for number in DIRECT]),
        "b": found(direct=DIRECT, proxy=[number * 2 for number in DIRECT]),
        "c": found(direct=DIRECT, proxy=[number * 3 for number in DIRECT]),
    }
    for name, one in results.items():
        result.write(one, tmp_path / name / "hop.json")
    same = [tmp_path / "a", tmp_path / "b"]
    assert command.shared(same) == ["hop"]
    assert command.compare(same, ["hop"]) == 0
    assert "Nothing moved" in capsys.readouterr().out
    assert command.compare([*same, tmp_path / "c"], ["hop"]) == 1
    assert capsys.readouterr().out.count("3.00 to 3.00 times direct") == 2


def test_blocks_of_all_measurements_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    class Module:
        QUESTION = "how?"
        PROGRAMS: ClassVar[dict[str, tuple[str, ...]]] = {}

        def __init__(self, name: str) -> None:
            self.name = name

        def measure(self, left_out: dict[str, str], block: int) -> list[Measure]:
            taken.append(f"{self.name}{block}")
            return [Measure.of_block("time", "ms", {"direct": [float(block)]})]

    known = {name: Module(name) for name in "ab"}
    monkeypatch.setattr(command, "MEASUREMENTS", known)
    one, two = command.take(["a", "b"], 2)
    assert taken == ["a0", "b0", "a1", "b1"]
    assert (
        one.measures[0].samples == two.measures[0].samples == {"direct": [[0.0], [1.0]]}
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            ["hopp"],
            "no such measurement: hopp (hop, "
            "standing, growing, starting, failing, upgrading)",
        ),
        (
            ["hop", "--compare", "trade_offs/results", "gone"],
            "No such file or directory: 'gone/hop.json'",
        ),
        (
            ["--compare", "trade_offs/results", "gone"],
            "no result that is in all of trade_offs/results, gone: "
            "name two --to folders",
        ),
        (
            ["--compare", "trade_offs/results"],
            "trade_offs/results alone: name another folder to compare it with",
        ),
    ],
)
def test_the_command_refuses_what_it_does_not_know(call: list[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trade_offs", *call],
        cwd=REPO / "examples",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(words)
