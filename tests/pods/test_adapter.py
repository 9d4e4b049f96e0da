"""The adapter: the metrics of any store in front, the protocol of Redis behind."""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection

import programs
import pytest
from lab.systems import PODS
from levels import Launch, Level, has_stopped, until, url_of
from programs import (
    LIMIT,
    Fake,
    FreePort,
    Get,
    Start,
    Treat,
    dripping,
    in_use,
    speak,
    starter,
)
from prometheus_client.parser import text_string_to_metric_families

Metrics = dict[str, float]

SYSTEM = PODS / "adapter"
TELL = """
import os, socket, sys
with socket.create_connection(("127.0.0.1", int(os.environ["REDIS_PORT"])), 5) as redis:
    redis.sendall("".join(f"{line}\\r\\n" for line in (*sys.argv[1:], "QUIT")).encode())
    while part := redis.recv(65536):
        sys.stdout.write(part.decode())
"""
"""Sends commands to Redis, one an argument, and prints the answers."""


def ask(port: int, path: str = "/metrics", limit: float = LIMIT) -> tuple[int, str]:
    """Return status and text of a GET."""
    status, body = programs.ask(port, path, limit=limit)
    return status, body.decode()


def parse(text: str) -> Metrics:
    """Return the value of each sample; the parser of Prometheus must accept all."""
    return {
        sample.name + "".join(f"[{v}]" for v in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(port: int) -> Metrics:
    """Ask for the metrics, as Prometheus does."""
    status, text = ask(port)
    assert status == 200
    return parse(text)


def tell(system: Level, *commands: str) -> str:
    """Send commands to Redis where it runs, and return the answers."""
    done = system.run("redis", "python3", "-c", TELL, *commands)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ready(system: Level, get: Get) -> int:
    """Wait until Redis and the adapter answer; return the adapter's port."""
    port = system.port(9121)
    get(url_of(system, 9121) + "healthz")
    until(lambda: scrape(port)["redis_up"] == 1)
    return port


# --- at every level


def test_the_metrics_are_what_redis_says(launch: Launch, get: Get) -> None:
    system = launch("adapter")
    port = ready(system, get)
    before = scrape(port)
    commands = ("SET tea leaf", "SET salt white", "GET tea", "GET tea", "GET none")
    answers = tell(system, *commands, "SELECT 3", "SET far away", "INFO memory")
    after = scrape(port)
    assert before["redis_keys[0]"] == 0
    assert (after["redis_keys[0]"], after["redis_keys[3]"]) == (2, 1)
    rise = {name: after[name] - before[name] for name in before}
    assert (rise["redis_hits_total"], rise["redis_misses_total"]) == (2, 1)
    # Eight, and the adapter's own INFO.
    assert rise["redis_commands_total"] >= len(commands) + 4
    assert rise["redis_cpu_seconds_total[user]"] >= 0
    assert after["redis_memory_limit_bytes"] == 32 * 1024 * 1024
    used = int(re.findall(r"^used_memory:(\d+)", answers, re.M)[0])
    assert after["redis_memory_used_bytes"] == pytest.approx(used, rel=0.2)
    assert after["redis_connections"] >= 1
    now = time.time()
    assert now - 60 < after["redis_start_time_seconds"] <= now + 1
    assert now - 60 < after["process_start_time_seconds"] <= now + 1
    version = next(n for n in after if n.startswith("redis_info["))
    assert re.fullmatch(r"redis_info\[\d+\.\d+\.\d+]\[master]", version)
    probe = system.run("redis", "python3", "/app/ping.py")
    assert (probe.returncode, probe.stdout) == (0, "ping: PONG\n")
    if system.name == "pod":
        # The port of Redis is published here, and yet nobody outside gets in.
        with (
            pytest.raises(OSError),
            socket.create_connection(("127.0.0.1", system.port(6379)), 5) as redis,
        ):
            redis.sendall(b"PING\r\n")
            redis.recv(10)


def test_redis_dies_and_returns(launch: Launch, get: Get) -> None:
    system = launch("adapter")
    port = ready(system, get)
    tell(system, "SET tea leaf", *["GET tea"] * 50)
    before = scrape(port)
    seen: list[float] = []
    longest = 0.0

    def down() -> bool:
        nonlocal longest
        system.kill("redis")
        for _ in range(50):
            start = time.monotonic()
            seen.append(scrape(port)["redis_up"])
            longest = max(longest, time.monotonic() - start)
            if not seen[-1]:
                return True
        # It was back too soon to be missed; the next time it waits longer.
        return False

    until(down)
    until(lambda: scrape(port)["redis_up"] == 1)
    after = scrape(port)
    assert set(seen) <= {0, 1}
    assert longest < 5
    # A new Redis counts anew, and says since when.
    assert after["redis_hits_total"] == 0 < before["redis_hits_total"]
    assert after["redis_start_time_seconds"] >= before["redis_start_time_seconds"]
    # In this order, but under podman what went to stderr stands last.
    until(partial(said, system, "adapter", "adapter: redis: "))
    until(partial(said, system, "adapter", "adapter: redis answers\n"))


def test_both_stop_cleanly(launch: Launch, get: Get) -> None:
    system = launch("adapter")
    ready(system, get)
    system.stop()
    if system.name != "cluster":
        until(partial(has_stopped, system, "adapter"))
        until(partial(said, system, "redis", r"ready to exit, bye bye\.\.\.\n\Z"))


def said(system: Level, name: str, words: str) -> bool:
    """Whether a container has printed these words."""
    return bool(re.search(words, system.output(name)))


# --- as processes alone: what the programs do does not hang on the walls


@pytest.mark.levels("processes")
def test_many_scrapes_at_the_same_time(launch: Launch, get: Get) -> None:
    port = ready(launch("adapter"), get)
    with ThreadPoolExecutor(30) as many:
        found = list(many.map(lambda _: scrape(port), range(120)))
    assert all(metrics["redis_up"] == 1 for metrics in found)


@pytest.mark.levels("processes")
def test_a_full_redis_is_still_shown(launch: Launch, get: Get) -> None:
    system = launch("adapter")
    port = ready(system, get)
    assert tell(system, "CONFIG SET maxmemory 1000") == "+OK\n+OK\n"
    assert "-OOM" in tell(system, "SET tea leaf")
    metrics = scrape(port)
    assert metrics["redis_up"] == 1
    assert metrics["redis_memory_used_bytes"] > metrics["redis_memory_limit_bytes"]


@pytest.mark.levels("processes")
def test_a_password_is_named_as_the_reason(launch: Launch, get: Get) -> None:
    system = launch("adapter")
    port = ready(system, get)
    tell(system, "CONFIG SET requirepass secret")
    status, text = ask(port)
    assert (status, parse(text)["redis_up"]) == (200, 0)
    assert text.startswith("# redis_error: NOAUTH Authentication required.\n")
    probe = system.run("redis", "python3", "/app/ping.py")
    assert (probe.returncode, probe.stdout[:12]) == (1, "ping: NOAUTH")
    tell(system, "AUTH secret", "CONFIG SET requirepass ''")
    assert scrape(port)["redis_up"] == 1


# --- the adapter by itself, with something else in the place of Redis


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM, PORT="0") as start:
        yield start


def bulk(text: str) -> bytes:
    """Return a text as Redis answers it."""
    return f"${len(text.encode())}\r\n{text}\r\n".encode()


INFO = """\
# Server
redis_version:9.9.9
uptime_in_seconds:50
server_time_usec:1000000000000

# Clients
connected_clients:7

# Memory
used_memory:123456789
used_memory_human:117.74M
maxmemory:0

# Stats
total_commands_processed:9007199254740991
keyspace_hits:5
keyspace_misses:6
evicted_keys:8

# Replication
role:slave

# CPU
used_cpu_sys:1.500000
used_cpu_user:2.250000

# Keyspace
db0:keys=1,expires=0,avg_ttl=0
db12:keys=34,expires=5,avg_ttl=99
""".replace("\n", "\r\n")


def shown(start: Start, info: str) -> str:
    """Return what the adapter shows of a Redis that answers `info`."""
    with Fake(bulk(info)) as fake:
        status, text = ask(start("adapter.py", REDIS_PORT=fake.port).port())
        assert fake.asked == [b"*1\r\n$4\r\nINFO\r\n"]
    assert status == 200
    return text


def test_every_figure_is_the_one_of_redis(start: Start) -> None:
    metrics = parse(shown(start, INFO))
    assert metrics.pop("process_start_time_seconds") == pytest.approx(
        time.time(), abs=60
    )
    assert metrics == {
        "redis_up": 1,
        "redis_info[9.9.9][slave]": 1,
        "redis_start_time_seconds": 999950,
        "redis_memory_used_bytes": 123456789,
        "redis_memory_limit_bytes": 0,
        "redis_connections": 7,
        "redis_keys[0]": 1,
        "redis_keys[12]": 34,
        "redis_commands_total": 9007199254740991,
        "redis_hits_total": 5,
        "redis_misses_total": 6,
        "redis_evictions_total": 8,
        "redis_cpu_seconds_total[user]": 2.25,
        "redis_cpu_seconds_total[system]": 1.5,
    }


def test_the_metrics_keep_the_rules_of_prometheus(start: Start) -> None:
    text = shown(start, INFO)
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families) == 13
    for family in families:
        assert re.fullmatch(r"(redis|process)(_[a-z]+)+", family.name)
        assert family.documentation.endswith((".", "1 or 0.", "no limit."))
        assert not re.search("milli|micro|kilo|mega|_ms$|_kb$|percent", family.name)
        for sample in family.samples:
            # The parser takes "_total" off the name of a counter's family.
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert all(re.fullmatch("[a-z]+", label) for label in sample.labels)
    assert {family.type for family in families} == {"gauge", "counter"}
    # Each family stands in one piece, its HELP and TYPE before it.
    order = [
        re.sub(r"[ {].*", "", line) for line in text.splitlines() if line[0] != "#"
    ]
    assert order == sorted(order, key=order.index)
    for name in set(order):
        pattern = rf"^# HELP {name} .+\n# TYPE {name} (gauge|counter)\n{name}[ {{]"
        assert re.search(pattern, text, re.M), name
    assert text.endswith("\n")


def test_the_text_says_which_form_it_has(start: Start) -> None:
    with Fake(bulk(INFO)) as fake:
        port = start("adapter.py", REDIS_PORT=fake.port).port()
        connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        connection.request("GET", "/metrics?name=value")
        answer = connection.getresponse()
        form = answer.headers["Content-Type"]
        connection.close()
    assert (answer.status, form) == (200, "text/plain; version=0.0.4; charset=utf-8")


def test_odd_words_do_not_break_the_form(start: Start) -> None:
    odd = 'ma"st\\er\\n {a="b"} \u00e9\x1b'
    text = shown(start, f"redis_version:1\r\nrole:{odd}\r\n")
    assert parse(text)[f"redis_info[1][{odd}]"] == 1


def test_figures_that_are_none_are_left_out(start: Start) -> None:
    info = INFO
    for value in ("123456789", "9007199254740991", "2.250000"):
        info = info.replace(f":{value}", ":many")
    info = info.replace("keys=34", "keys=x").replace("maxmemory:0", "maxmemory:-1")
    metrics = parse(shown(start, info.replace("evicted_keys:8", "evicted_keys:NaN")))
    assert metrics["redis_up"] == 1
    assert metrics["redis_hits_total"] == 5
    assert metrics["redis_cpu_seconds_total[system]"] == 1.5
    gone = ("memory", "commands", "evictions", "user", "[12]")
    assert not [name for name in metrics if any(word in name for word in gone)]


def flood(caller: socket.socket) -> None:
    """Send without an end."""
    while True:
        caller.sendall(b"x" * 65536)


STRANGE = "it does not speak the protocol of Redis"
MIDDLE = "it ended in the middle of its answer"
NOTHING = "no answer within 0.4 s"
BAD: dict[str, tuple[Treat, str]] = {
    "closed": (b"", MIDDLE),
    "half a head": (b"$12", MIDDLE),
    "half": (bulk(INFO)[:200], MIDDLE),
    "error": (
        b"-NOAUTH Authentication required.\r\n",
        "NOAUTH Authentication required.",
    ),
    "loading": (b"-LOADING Redis is loading\r\n", "LOADING Redis is loading"),
    "odd error": (
        b"-\x1b[2J\xff\n# EVIL 1\r\n",
        "?[2J\ufffd?# EVIL 1",
    ),
    "empty error": (b"-\r\n", "an error, no word why"),
    "long error": (b"-" + b"x" * 900 + b"\r\n", "x" * 200),
    "garbage": (b"\0\xff\r\n" * 9, STRANGE),
    "HTTP": (b"HTTP/1.0 400 Bad Request\r\n\r\n", STRANGE),
    "nil": (b"$-1\r\n", STRANGE),
    "list": (b"*0\r\n", STRANGE),
    "a great length": (b"$99999999999\r\n", STRANGE),
    "a word": (b"+OK\r\n", "its answer to INFO says no version"),
    "no INFO": (bulk("hello"), "its answer to INFO says no version"),
    "flood": (flood, STRANGE),
    "silent": (lambda caller: time.sleep(3), NOTHING),
    "drip": (dripping(bulk(INFO)), NOTHING),
}


@pytest.mark.parametrize("way", BAD)
def test_a_redis_that_answers_badly(start: Start, way: str) -> None:
    treat, reason = BAD[way]
    with Fake(treat) as fake:
        process = start("adapter.py", REDIS_PORT=fake.port, TIMEOUT="0.4")
        port = process.port()
        for _ in range(3):
            status, text = ask(port, limit=5)
            metrics = parse(text)
            assert (status, metrics.pop("redis_up")) == (200, 0)
            assert [*metrics] == ["process_start_time_seconds"]
            assert text.startswith(f"# redis_error: {reason}\n# HELP redis_up")
        assert ask(port, "/healthz") == (200, "ok\n")
        # Said once, not for every visitor.
        error = f"adapter: redis: {reason}\n"
        assert process.stop() == (0, "adapter: stopped\n", error)


def test_a_redis_that_is_not_there(start: Start, free_port: FreePort) -> None:
    nobody = str(free_port())
    port = start("adapter.py", REDIS_PORT=nobody).port()
    status, text = ask(port)
    assert (status, parse(text)["redis_up"]) == (200, 0)
    assert text.startswith("# redis_error: Connection refused\n")
    status, output, _ = start("ping.py", REDIS_PORT=nobody).outcome()
    assert (status, output) == (1, "ping: Connection refused\n")


def test_the_probe_of_redis(start: Start) -> None:
    said = {b"+PONG\r\n": (0, "ping: PONG\n"), b"+WHAT\r\n": (1, "ping: WHAT\n")}
    said[b"-LOADING wait\r\n"] = (1, "ping: LOADING wait\n")
    for answer, expected in said.items():
        with Fake(answer) as fake:
            probe = start("ping.py", REDIS_PORT=fake.port)
            assert probe.outcome() == (*expected, "")
            assert fake.asked == [b"*1\r\n$4\r\nPING\r\n"]


def test_other_requests_are_refused(start: Start) -> None:
    process = start("adapter.py", REDIS_PORT="1")
    port = process.port()
    for path in ("/", "/metrics/", "/metrics%00", "/" + "x" * 9000):
        assert ask(port, path) == (404, "# the metrics are at /metrics\n")
    for words in (b"POST /metrics HTTP/1.0\r\n\r\n", b"\xff\0\r\n\r\n", b""):
        assert b" 200 " not in speak(port, words)
    assert process.stop() == (0, "adapter: stopped\n", "")


@pytest.mark.parametrize("port", ["redis", "", "0", "65536", "-1", "9" * 5000])
def test_a_bad_port_of_redis(start: Start, port: str) -> None:
    error = start("adapter.py", REDIS_PORT=port).refusal()
    assert error.startswith("adapter: REDIS_PORT is ") and "set it to" in error


def test_other_bad_settings(start: Start, taken_port: str) -> None:
    error = start("adapter.py", TIMEOUT="soon").refusal()
    assert error.startswith("adapter: TIMEOUT is 'soon': set it to a number")
    process = start("adapter.py", PORT=taken_port)
    assert process.refusal() == in_use("adapter", taken_port)
    error = start("ping.py", REDIS_PORT="65536").refusal()
    assert error.startswith("ping: REDIS_PORT is 65536: set it to a number")
