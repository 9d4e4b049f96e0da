"""The ambassador: one store at localhost for the application, two behind it."""

import os
import random
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import quote

import pytest
from lab.systems import PODS
from levels import AsProcesses, Launch, Level, stop_cleanly, until, url_of
from programs import (
    LIMIT,
    Fake,
    Get,
    Start,
    Treat,
    ask,
    dripping,
    in_use,
    speak,
    starter,
)

SYSTEM = PODS / "ambassador"
NAMES = ("catalog", "ambassador", "store-a", "store-b")
WORDS = ("tea", "coffee", "milk", "sugar", "rice", "salt", "honey", "flour")
PATIENT = {"ambassador": {"TIMEOUT": "2.5"}}
"""For tests that are not about time, on a machine that may be busy."""


def ready(system: Level, get: Get) -> tuple[int, int]:
    """Wait until all answer; return the ports of catalog and ambassador."""
    get(url_of(system, 8093) + "healthz")
    all_up = (200, "2 of 2 stores answer\n")
    until(lambda: get(url_of(system, 8094) + "healthz") == all_up)
    return system.port(8093), system.port(8094)


def keys(system: Level) -> dict[str, set[str]]:
    """Return the keys that each store has; Compose hides the stores: ask inside."""
    found = {}
    for name, port in (("store-a", 8095), ("store-b", 8096)):
        if system.name == "compose":
            done = system.run(name, "wget", "-qO-", f"http://127.0.0.1:{port}/")
            assert done.returncode == 0, done.stderr
            found[name] = set(done.stdout.split())
        else:
            found[name] = set(ask(system.port(port), "/")[1].decode().split())
    return found


def one_of_each(system: Level, catalog: int) -> tuple[str, str]:
    """Keep all the words; return a key of store-a and one of store-b."""
    for word in WORDS:
        status, body = ask(catalog, f"/items/{word}", word.encode())
        assert (status, body) == (200, b"kept\n")
    found = keys(system)
    return min(found["store-a"]), min(found["store-b"])


class Seen(NamedTuple):
    """What one request met."""

    status: int
    body: bytes
    seconds: float


class Visitor:
    """Asks for one item again and again until the `with` block is over."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.seen: list[Seen] = []
        self.failed: list[BaseException] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.visit)

    def visit(self) -> None:
        while not self.over.wait(0.01):
            start = time.monotonic()
            try:
                answer = ask(self.port, self.path)
            except BaseException as error:
                self.failed.append(error)
                return
            self.seen.append(Seen(*answer, time.monotonic() - start))

    def __enter__(self) -> "Visitor":
        self.thread.start()
        until(lambda: self.seen or self.failed)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def statuses(self) -> list[int]:
        """Return the statuses in their order, each run of equal ones once."""
        runs: list[int] = []
        for seen in list(self.seen):
            if runs[-1:] != [seen.status]:
                runs.append(seen.status)
        return runs


# --- at every level


def test_keys_lie_on_both_stores_and_stay_there(launch: Launch, get: Get) -> None:
    system = launch("ambassador", settings=PATIENT)
    catalog, ambassador = ready(system, get)
    one_of_each(system, catalog)
    before = keys(system)
    assert before["store-a"] | before["store-b"] == set(WORDS)
    assert not before["store-a"] & before["store-b"]
    assert ask(catalog, "/list/tea,nothing") == (
        200,
        b"tea: tea\nnothing: no such key\n",
    )

    with Visitor(catalog, "/items/tea") as visitor:
        system.kill("ambassador")
        until(lambda: visitor.statuses() == [200, 503, 200])
    assert visitor.failed == []
    errors = {seen.body for seen in visitor.seen if seen.status == 503}
    assert errors == {b"no answer from http://localhost:%d\n" % told(system)}

    ready(system, get)
    one_of_each(system, catalog)
    assert keys(system) == before
    assert ask(ambassador, "/backends") == (200, b"store-a: up\nstore-b: up\n")


def told(system: Level) -> int:
    """Return the port that the catalog has been told."""
    return system.port(8094) if system.name == "processes" else 8094


def test_a_dead_store_takes_its_own_keys_along_and_no_others(
    launch: Launch, get: Get
) -> None:
    system = launch("ambassador", settings=PATIENT)
    catalog, _ = ready(system, get)
    there, gone = one_of_each(system, catalog)
    with (
        Visitor(catalog, f"/items/{there}") as of_a,
        Visitor(catalog, f"/items/{gone}") as of_b,
    ):
        system.kill("store-b")
        # It comes back by itself, and empty: it keeps all in memory.
        until(lambda: of_b.statuses() == [200, 503, 404])
        assert ask(catalog, f"/items/{gone}", b"again") == (200, b"kept\n")
        until(lambda: of_b.statuses() == [200, 503, 404, 200])
    assert of_a.failed == of_b.failed == []
    assert {seen[:2] for seen in of_a.seen} == {(200, there.encode())}
    away = [seen for seen in of_b.seen if seen.status == 503]
    assert all(seen.body.startswith(b"store-b is away: ") for seen in away)
    assert max(seen.seconds for seen in (*of_a.seen, *of_b.seen)) < 2


def test_all_stop_cleanly(launch: Launch, get: Get) -> None:
    system = launch("ambassador")
    ready(system, get)
    stop_cleanly(system, *NAMES)


# --- as processes alone: what the programs do does not hang on the walls


@pytest.mark.levels("processes")
def test_the_application_knows_of_one_store(launch: Launch, get: Get) -> None:
    source = (SYSTEM / "catalog.py").read_text()
    told_of = r"(?i)809[56]|store-[ab]|shard|hash|backend|ambassador|several stores"
    assert re.findall(told_of, source) == []
    # A store in the ambassador's place: the catalog works as before.
    one = {"catalog": {"STORE_URL": "http://localhost:8095"}}
    system = launch("ambassador", settings=one)
    catalog, _ = ready(system, get)
    for word in WORDS:
        assert ask(catalog, f"/items/{word}", b"x") == (200, b"kept\n")
    assert keys(system) == {"store-a": set(WORDS), "store-b": set()}


@pytest.mark.levels("processes")
def test_where_a_key_lies_is_for_ever(launch: Launch, get: Get) -> None:
    # In another order, and with these very results: a change would lose data.
    order = "store-b=http://localhost:8096 store-a=http://localhost:8095"
    system = launch("ambassador", settings={"ambassador": {"BACKENDS": order}})
    catalog, _ = ready(system, get)
    one_of_each(system, catalog)
    assert keys(system) == {
        "store-a": {"tea", "coffee", "milk"},
        "store-b": {"sugar", "rice", "salt", "honey", "flour"},
    }


@pytest.mark.levels("processes", "pod")  # Compose knows no native sidecars
def test_the_native_sidecar_is_there_for_the_first_request(
    launch: Launch, get: Get
) -> None:
    system = launch("ambassador", file="pod-native.yaml")
    catalog, _ = ready(system, get)
    assert ask(catalog, "/items/tea", b"leaf") == (200, b"kept\n")
    assert ask(catalog, "/items/tea") == (200, b"leaf")


@pytest.mark.levels("processes")
def test_a_frozen_store_costs_its_own_keys_the_time_out(
    launch: Launch, get: Get
) -> None:
    system = launch("ambassador", settings={"ambassador": {"TIMEOUT": "0.3"}})
    assert isinstance(system, AsProcesses)
    catalog, ambassador = ready(system, get)
    there, gone = one_of_each(system, catalog)
    os.kill(system.processes.pid("store-b"), signal.SIGSTOP)
    with Visitor(catalog, f"/items/{there}") as of_a:
        with ThreadPoolExecutor(20) as many:
            asked = [many.submit(ask, catalog, f"/items/{gone}") for _ in range(20)]
            answers = {future.result() for future in asked}
        assert answers == {(503, b"store-b is away: no answer within 0.3 s\n")}
        status, body = ask(catalog, f"/items/{gone}", b"new")
        assert (status, body.endswith(b"; it may have kept the value\n")) == (503, True)
        assert ask(ambassador, "/healthz") == (200, b"1 of 2 stores answer\n")
        assert ask(ambassador, "/backends") == (
            200,
            b"store-a: up\nstore-b: away: no answer within 0.5 s\n",
        )
    assert {seen[:2] for seen in of_a.seen} == {(200, there.encode())}
    os.kill(system.processes.pid("store-b"), signal.SIGCONT)
    # Both are right: the store may or may not have read what came too late.
    assert until(lambda: ask(catalog, f"/items/{gone}")[0] == 200)
    assert ask(catalog, f"/items/{gone}")[1] in (gone.encode(), b"new")
    ready(system, get)


ODD = {
    "empty": b"",
    "slash": b"/",
    "slashes": b"a//b/",
    "dots": b"../..",
    "space": b"a b",
    "plus": b"a+b",
    "percent": b"100%",
    "encoded": b"%41",
    "query": b"a?b=c&d#e",
    "unicode": "schlüssel 鍵 🗝".encode(),
    "no unicode": b"\xff\xfe",
    "control": b"\x00\r\n\x1b",
    "page": b"healthz",
    "list": b"backends",
    "long": b"x" * 5000,
}


@pytest.mark.levels("processes")
def test_every_key_is_kept_as_it_is(launch: Launch, get: Get) -> None:
    system = launch("ambassador")
    catalog, ambassador = ready(system, get)
    for name, key in ODD.items():
        path = f"/items/{quote(key, safe='')}"
        assert ask(catalog, path, name.encode()) == (200, b"kept\n"), name
    for name, key in ODD.items():
        kept = (200, name.encode())
        # However it is written, it is the same key, at the same store.
        everything = "".join(f"%{byte:02x}" for byte in key)
        assert ask(catalog, f"/items/{everything}") == kept
        assert ask(ambassador, f"/keys/{everything}") == kept
        assert ask(ambassador, f"/keys/{quote(key)}") == kept
    found = keys(system)
    assert found["store-a"] and found["store-b"]
    assert sum(map(len, found.values())) == len(ODD) - 1  # "" is an empty line
    # Bytes that should have been encoded are taken as they are, by all four.
    raw = b"/" + ODD["unicode"].replace(b" ", b"%20") + b" HTTP/1.0\r\n\r\n"
    answers = [speak(catalog, b"GET /items" + raw)]
    answers += [speak(system.port(p), b"GET /keys" + raw) for p in (8094, 8095, 8096)]
    words = [answer.partition(b"\r\n\r\n")[2] for answer in answers]
    assert words[:2] == [b"unicode", b"unicode"]
    assert sorted(words[2:]) == [b"no such key\n", b"unicode"]


@pytest.mark.levels("processes")
def test_every_value_is_kept_as_it_is(launch: Launch, get: Get) -> None:
    system = launch("ambassador")
    catalog, _ = ready(system, get)
    largest = random.Random(1).randbytes(1 << 20)
    for value in (b"", b"\0\r\n\xff", largest):
        assert ask(catalog, "/items/tea", value) == (200, b"kept\n")
        assert ask(catalog, "/items/tea") == (200, value)
    too_large = (413, b"more than 1048576 bytes are not taken\n")
    for port, path in ((8093, "/items/tea"), (8094, "/keys/tea"), (8095, "/keys/tea")):
        assert ask(system.port(port), path, largest + b"x") == too_large
        assert ask(system.port(port), path) == (200, largest)


@pytest.mark.levels("processes")
def test_a_full_store_says_so_and_goes_on(launch: Launch, get: Get) -> None:
    system = launch("ambassador")
    catalog, _ = ready(system, get)
    full = b"x" * (1 << 20)
    for _ in range(20):
        assert ask(catalog, "/items/again", full) == (200, b"kept\n")
    assert ask(catalog, "/items/again", b"") == (200, b"kept\n")
    statuses = [ask(catalog, f"/items/{n}", full)[0] for n in range(60)]
    assert statuses.count(200) == 2 * 15
    assert set(statuses) == {200, 507}
    # What it has may still be read, and replaced by less.
    kept = statuses.index(200)
    assert ask(catalog, f"/items/{kept}", b"small") == (200, b"kept\n")
    assert ask(catalog, f"/items/{kept}") == (200, b"small")


@pytest.mark.levels("processes")
def test_many_at_the_same_time(launch: Launch, get: Get) -> None:
    system = launch("ambassador", settings=PATIENT)
    catalog, _ = ready(system, get)

    def work(number: int) -> bool:
        path, value = f"/items/{number}", str(number).encode() * 100
        return ask(catalog, path, value) == (200, b"kept\n") and ask(catalog, path) == (
            200,
            value,
        )

    with ThreadPoolExecutor(30) as many:
        assert all(many.map(work, range(300)))
    found = keys(system)
    assert len(found["store-a"]) + len(found["store-b"]) == 300
    assert min(map(len, found.values())) > 100


WRONG = {
    b"PUT /WHERE/tea HTTP/1.0\r\n\r\nabc": b"411",
    b"PUT /WHERE/tea HTTP/1.0\r\nContent-Length: -1\r\n\r\nabc": b"411",
    b"PUT /WHERE/tea HTTP/1.0\r\nContent-Length: many\r\n\r\nabc": b"411",
    b"PUT /WHERE/tea HTTP/1.0\r\nContent-Length: 9\r\n\r\nabc": b"400",
    b"PUT /WHERE/tea HTTP/1.0\r\nContent-Length: 999999999999\r\n\r\nabc": b"413",
    b"PUT /elsewhere HTTP/1.0\r\nContent-Length: 1\r\n\r\na": b"404",
    b"GET /elsewhere HTTP/1.0\r\n\r\n": b"404",
    b"GET /elsewhere/WHERE/tea HTTP/1.0\r\n\r\n": b"404",
    b"DELETE /WHERE/tea HTTP/1.0\r\n\r\n": b"501",
    b"GET /WHERE/" + b"x" * 70000 + b" HTTP/1.0\r\n\r\n": b"414",
    b"\xff\x00\r\n\r\n": b"400",
}


@pytest.mark.levels("processes")
def test_bad_requests_are_refused_and_harm_nothing(launch: Launch, get: Get) -> None:
    system = launch("ambassador")
    catalog, _ = ready(system, get)
    assert ask(catalog, "/items/tea", b"leaf") == (200, b"kept\n")
    ports = {8093: b"items", 8094: b"keys", 8095: b"keys", 8096: b"keys"}
    for port, where in ports.items():
        for words, status in WRONG.items():
            answer = speak(system.port(port), words.replace(b"WHERE", where))
            assert status in answer, (port, words[:60], answer)
    assert ask(catalog, "/items/tea") == (200, b"leaf")
    for name in NAMES:
        lines = system.output(name).splitlines()
        assert len(lines) == 1 and "listening on" in lines[0], lines


# --- one program by itself, against stores that are not as they should be


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM, PORT="0") as start:
        yield start


HEAD = b"HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\n"
NOTHING = "no answer within 0.4 s"
BAD: dict[str, tuple[Treat, str]] = {
    "drip": (dripping(HEAD + b"x" * 99), NOTHING),
    "silent": (lambda caller: time.sleep(3), NOTHING),
    "closed": (b"", "no proper answer"),
    "garbage": (b"\0\xff" * 99, "no proper answer"),
    "short": (HEAD + b"x", "no proper answer"),
}


@pytest.mark.parametrize("way", BAD)
def test_a_store_that_answers_badly(start: Start, way: str) -> None:
    treat, reason = BAD[way]
    with Fake(treat) as bad:
        backends = f"bad=http://127.0.0.1:{bad.port}"
        process = start("ambassador.py", BACKENDS=backends, TIMEOUT="0.4")
        port = process.port()
        away = (503, f"bad is away: {reason}\n".encode())
        assert ask(port, "/keys/tea", limit=5) == away
        doubt = f"bad is away: {reason}; it may have kept the value\n"
        assert ask(port, "/keys/tea", b"x", limit=5) == (503, doubt.encode())
        assert ask(port, "/healthz", limit=5) == (503, b"0 of 1 stores answer\n")
        assert ask(port, "/backends", limit=5)[0] == 200
        assert process.stop() == (0, "ambassador: stopped\n", "")


def test_the_connection_to_a_silent_store_is_given_up(start: Start) -> None:
    given_up = threading.Event()

    def wait(caller: socket.socket) -> None:
        caller.settimeout(LIMIT)
        if caller.recv(1) == b"":
            given_up.set()

    with Fake(wait) as bad:
        backends = f"bad=http://127.0.0.1:{bad.port}"
        process = start("ambassador.py", BACKENDS=backends, TIMEOUT="0.2")
        assert ask(process.port(), "/keys/tea")[0] == 503
        assert given_up.wait(LIMIT)


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1:1", "Connection refused"), ("no-such-host.invalid:80", "")],
)
def test_a_store_that_is_not_there(start: Start, host: str, reason: str) -> None:
    port = start("ambassador.py", BACKENDS=f"x=http://{host}").port()
    status, body = ask(port, "/keys/tea", limit=5)
    assert (status, body.startswith(f"x is away: {reason}".encode())) == (503, True)
    assert ask(port, "/healthz", limit=5) == (503, b"0 of 1 stores answer\n")


def test_a_catalog_with_nobody_behind_it(start: Start) -> None:
    for url in ("http://localhost:1", "http://localhost:99999", "http://..:80"):
        port = start("catalog.py", STORE_URL=url).port()
        assert ask(port, "/items/tea") == (503, f"no answer from {url}\n".encode())
        assert ask(port, "/list/tea")[0] == 200
        assert ask(port, "/healthz") == (200, b"ok\n")


STORE = "a=http://localhost:1"


@pytest.mark.parametrize(
    "backends",
    [
        "",
        "x",
        "a=",
        "a=http://h",
        "a=https://h:1",
        f"{STORE} {STORE}",
        f"{STORE},{STORE}",
    ],
)
def test_bad_backends(start: Start, backends: str) -> None:
    error = start("ambassador.py", BACKENDS=backends).refusal()
    assert error.startswith("ambassador: BACKENDS is ")
    assert "set it" in error


def test_other_bad_settings(start: Start) -> None:
    error = start("ambassador.py", BACKENDS=STORE, TIMEOUT="soon").refusal()
    assert error.startswith("ambassador: TIMEOUT is 'soon': set it to a number")
    error = start("catalog.py", STORE_URL="localhost:8094").refusal()
    assert error.startswith("catalog: STORE_URL is 'localhost:8094': set it to http")


@pytest.mark.parametrize("name", ["catalog", "ambassador", "store"])
def test_a_port_in_use(start: Start, taken_port: str, name: str) -> None:
    process = start(f"{name}.py", PORT=taken_port, BACKENDS=STORE)
    assert process.refusal() == in_use(name, taken_port)
