"""The measuring programs measure what they say: order and sanity, never a time."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from trade_offs import (
    client,
    disk,
    failing,
    growing,
    hop,
    namespace,
    places,
    running,
    standing,
    starting,
    upgrading,
)
from trade_offs.result import Measure


@pytest.fixture(scope="module")
def hops() -> Iterator[dict[str, Measure]]:
    """Measure one block of the hop."""
    left_out: dict[str, str] = {}
    yield {one.name: one for one in hop.measure(left_out, 0)}
    assert all(left_out.values())


def test_a_proxy_is_slower_than_none(hops: dict[str, Measure]) -> None:
    for name in ("time at 500 requests a second", "time at 100 requests a second"):
        measure = hops[name]
        direct = measure.median("direct").value
        for proxy in {"nginx", "haproxy", "a Python relay"} & set(measure.samples):
            assert measure.median(proxy).value > direct, (name, proxy)
        assert measure.median("a call within the program").value < direct / 50
    work = hops["processor time for a request"]
    assert work.median("a Python relay").value > work.median("direct").value


def test_every_way_has_as_many_samples(hops: dict[str, Measure]) -> None:
    for measure in hops.values():
        assert measure.blocks == 1
        assert len({len(block) for (block,) in measure.samples.values()}) == 1
        assert "a Unix socket" in measure.samples


@pytest.mark.root
def test_a_pod_is_a_network_of_its_own() -> None:
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")
    try:
        with namespace.pod("hop-test", "10.213.9.2", "10.213.9.1") as space:
            (port,) = running.free_ports(1)
            answer = [sys.executable, str(running.PROGRAMS / "answer.py"), str(port)]
            with running.program(answer, port=port):
                client.connect(("127.0.0.1", port)).close()
                with namespace.within(space), pytest.raises(OSError):
                    client.connect(("127.0.0.1", port))
                client.connect(("127.0.0.1", port)).close()
    except namespace.NoNamespaces as error:
        pytest.skip(f"no network namespace here: {error}")
    assert not Path("/run/netns/hop-test").exists()


def test_a_helper_takes_more_than_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "WATCH", 0.3)
    with standing.of_nothing() as (child, work):
        empty = standing.watched(child, work)
    with standing.of_a_lab(standing.LABS[0]) as (child, work):
        helper = standing.watched(child, work)
    assert 1 < empty.memory_idle < helper.memory_idle < 100
    assert helper.processor_work > empty.processor_work
    assert helper.processor_work > helper.processor_idle
    assert helper.files > empty.files


def test_memory_does_not_depend_on_who_else_runs_here() -> None:
    """Bystanders share Python's code; what is measured counts it whole, and once."""
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with ExitStack() as started:

        def one_more() -> psutil.Process:
            child = started.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE)
            )
            started.callback(child.kill)
            assert child.stdout is not None
            child.stdout.readline()
            process = psutil.Process(child.pid)
            for _ in range(200):  # what it does after its line takes memory, too
                if process.status() == psutil.STATUS_SLEEPING:
                    break
                time.sleep(0.05)
            return process

        first = one_more()
        alone = running.mebibytes([first])
        every = [first, *(one_more() for _ in range(3))]
        assert running.mebibytes([first]) == pytest.approx(alone, rel=0.01)
        assert alone < running.mebibytes(every) < 4 * alone


def test_a_program_that_has_just_ended_takes_nothing() -> None:
    """A helper's child may be gone before it is looked at: no run is lost for that."""
    with running.started([sys.executable, "-c", "import time; time.sleep(60)"]) as one:
        there = psutil.Process(one.pid)
        alone = running.mebibytes([there])
        with running.started([sys.executable, "-c", ""]) as two:
            gone = psutil.Process(two.pid)
            two.wait(running.STOP)
        assert alone > 0
        assert running.mebibytes([there, gone]) > 0
        assert running.processor_seconds([there, gone]) >= 0
        assert running.in_all([there, gone], lambda each: each.num_fds()) >= 3


def test_sidecars_grow_with_the_copies_and_an_agent_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growing, "WATCH", 0.2)
    memory = {}
    for place in (places.NONE, *places.PLACES):
        with places.node(place, 1) as node:
            one, four = (growing.use(node, copies, idle=True) for copies in (1, 4))
            assert len(node.applications) == 4
        assert one.memory < four.memory
        assert four.idle < four.processor
        memory[place] = four.memory
    assert memory["sidecars"] > memory["a node agent"] > memory[places.NONE]
    assert memory["sidecars"] > memory["a library"] > memory[places.NONE]


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here")
def test_a_proxy_for_all_takes_less_than_one_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growing, "WATCH", 0.2)
    memory = {}
    for place in places.PROXIES:
        with places.node(place, 2) as node:
            used = growing.use(node, 6)
            programs = node.programs
            assert len(used.times) >= 12
            # Each nginx has a worker.
            helpers = 6 if place == "a proxy each" else 1
            assert len(node.helpers) == helpers
            assert len(programs) == 6 + 2 * helpers
        assert not any(one.is_running() for one in programs)
        memory[place] = used.memory
    assert memory["a proxy each"] > memory["a proxy for all"]


@pytest.mark.parametrize("place", places.PLACES)
def test_the_store_gets_every_line_wherever_the_helper_is(place: str) -> None:
    with places.node(place, 3) as node:
        for port in node.ports:
            with client.connect(("127.0.0.1", port)) as line:
                for _ in range(7):
                    client.ask(line)
        for child in [*node.applications, *node.helpers]:
            child.terminate()
            child.wait(10)
        assert node.store.lines == 21


def test_only_a_helper_that_stops_last_loses_nothing() -> None:
    assert starting.lost("a library", "together") == 0
    assert starting.lost("sidecars", "last") == 0
    assert starting.lost("sidecars", "first") > 0


def test_a_start_with_a_sidecar_and_its_stop_are_both_timed() -> None:
    stops: list[float] = []
    assert starting.start_and_stop(1, True, stops) > 0
    assert len(stops) == 1


def test_a_crash_in_a_library_is_an_outage_and_beside_it_is_none() -> None:
    assert failing.of_a_place("a library", "crashes").failed > 0
    assert failing.of_a_place("sidecars", "crashes").failed == 0


def test_a_sidecar_on_the_way_takes_the_application_with_it() -> None:
    labs = {lab.system: lab for lab in failing.LABS}
    assert failing.of_a_lab(labs["ambassador"], failing.HANGS).failed > 0
    assert failing.of_a_lab(labs["served_log"], failing.HANGS).failed == 0


@pytest.mark.root
def test_a_helper_that_fills_its_folder_stops_the_application() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    assert failing.of_a_place("sidecars", "fills the disk").failed > 0


@pytest.mark.root
def test_a_full_volume_does_not_stop_who_only_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    free: list[int] = []
    fill = disk.fill

    def watched(folder: Path) -> Path:
        rubbish = fill(folder)
        free.append(shutil.disk_usage(folder).free)
        return rubbish

    monkeypatch.setattr(disk, "fill", watched)
    labs = [lab for lab in failing.LABS if lab.shared and not lab.missing()]
    assert labs
    for lab in labs:
        assert failing.of_a_lab(lab, failing.FILLS).failed == 0
    assert free == [0] * len(labs)


def test_a_new_version_beside_fails_nobody_and_loses_nothing() -> None:
    beside = upgrading.replaced("a sidecar beside")
    assert beside == upgrading.Replaced(failed=0, lost=0, restarts=0)
    assert upgrading.replaced("a sidecar on the way").failed > 0
    assert upgrading.replaced("a library").restarts == 1
