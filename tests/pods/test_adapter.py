"""The adapter: the metrics of any store in front, the protocol of Redis behind."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection

import pytest
from lab.systems import PODS
from levels import Level, until
from prometheus_client.parser import text_string_to_metric_families

Get = Callable[[str], tuple[int, str]]
Launch = Callable[..., Level]
Popen = subprocess.Popen[bytes]
Metrics = dict[str, float]

SYSTEM = PODS / "adapter"
LIMIT = 20.0
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
    connection = HTTPConnection("127.0.0.1", port, timeout=limit)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


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
    get(f"http://127.0.0.1:{port}/healthz")
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
        until(partial(said, system, "adapter", r"adapter: stopped\n\Z"))
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
def begin() -> Iterator[Callable[..., Popen]]:
    """Start a program of the folder; end what still runs when the test is over."""
    started: list[Popen] = []

    def go(program: str, **settings: str) -> Popen:
        path = {"PATH": os.environ["PATH"]}
        process = subprocess.Popen(
            [sys.executable, "-B", str(SYSTEM / program)],
            env=path | {"PORT": "0"} | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield go
    for process in started:
        process.kill()
        process.communicate()


Begin = Callable[..., Popen]


def port_of(process: Popen) -> int:
    """Return the port on which the program says it listens."""
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.search(r"listening on http://127.0.0.1:(\d+)/", line)
    assert found, line
    return int(found[1])


class Fake:
    """Listens in the place of Redis and treats each caller as `treat` says."""

    def __init__(self, treat: "Treat") -> None:
        self.treat = treat
        self.asked: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = str(self.server.getsockname()[1])
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                caller, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(caller,), daemon=True).start()

    def one(self, caller: socket.socket) -> None:
        with caller:
            try:
                self.asked.append(caller.recv(65536))
                if isinstance(self.treat, bytes):
                    caller.sendall(self.treat)
                else:
                    self.treat(caller)
            except OSError:
                pass

    def __enter__(self) -> "Fake":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()


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


def shown(begin: Begin, info: str) -> str:
    """Return what the adapter shows of a Redis that answers `info`."""
    with Fake(bulk(info)) as fake:
        status, text = ask(port_of(begin("adapter.py", REDIS_PORT=fake.port)))
        assert fake.asked == [b"*1\r\n$4\r\nINFO\r\n"]
    assert status == 200
    return text


def test_every_figure_is_the_one_of_redis(begin: Begin) -> None:
    metrics = parse(shown(begin, INFO))
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


def test_the_metrics_keep_the_rules_of_prometheus(begin: Begin) -> None:
    text = shown(begin, INFO)
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


def test_the_text_says_which_form_it_has(begin: Begin) -> None:
    with Fake(bulk(INFO)) as fake:
        port = port_of(begin("adapter.py", REDIS_PORT=fake.port))
        connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        connection.request("GET", "/metrics?name=value")
        answer = connection.getresponse()
        form = answer.headers["Content-Type"]
        connection.close()
    assert (answer.status, form) == (200, "text/plain; version=0.0.4; charset=utf-8")


def test_odd_words_do_not_break_the_form(begin: Begin) -> None:
    odd = 'ma"st\\er\\n {a="b"} \u00e9\x1b'
    text = shown(begin, f"redis_version:1\r\nrole:{odd}\r\n")
    assert parse(text)[f"redis_info[1][{odd}]"] == 1


def test_figures_that_are_none_are_left_out(begin: Begin) -> None:
    info = INFO
    for value in ("123456789", "9007199254740991", "2.250000"):
        info = info.replace(f":{value}", ":many")
    info = info.replace("keys=34", "keys=x").replace("maxmemory:0", "maxmemory:-1")
    metrics = parse(shown(begin, info.replace("evicted_keys:8", "evicted_keys:NaN")))
    assert metrics["redis_up"] == 1
    assert metrics["redis_hits_total"] == 5
    assert metrics["redis_cpu_seconds_total[system]"] == 1.5
    gone = ("memory", "commands", "evictions", "user", "[12]")
    assert not [name for name in metrics if any(word in name for word in gone)]


def drip(caller: socket.socket) -> None:
    """Send a byte now and then: no wait of the caller's socket is ever long."""
    for byte in bulk(INFO):
        caller.sendall(bytes([byte]))
        time.sleep(0.05)


def flood(caller: socket.socket) -> None:
    """Send without an end."""
    while True:
        caller.sendall(b"x" * 65536)


STRANGE = "it does not speak the protocol of Redis"
MIDDLE = "it ended in the middle of its answer"
NOTHING = "no answer within 0.4 s"
Treat = bytes | Callable[[socket.socket], None]
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
    "drip": (drip, NOTHING),
}


@pytest.mark.parametrize("way", BAD)
def test_a_redis_that_answers_badly(begin: Begin, way: str) -> None:
    treat, reason = BAD[way]
    with Fake(treat) as fake:
        process = begin("adapter.py", REDIS_PORT=fake.port, TIMEOUT="0.4")
        port = port_of(process)
        for _ in range(3):
            status, text = ask(port, limit=5)
            metrics = parse(text)
            assert (status, metrics.pop("redis_up")) == (200, 0)
            assert [*metrics] == ["process_start_time_seconds"]
            assert text.startswith(f"# redis_error: {reason}\n# HELP redis_up")
        assert ask(port, "/healthz") == (200, "ok\n")
        process.terminate()
        output, error = process.communicate(timeout=LIMIT)
    assert (process.returncode, output) == (0, b"adapter: stopped\n")
    # Said once, not for every visitor.
    assert error.decode() == f"adapter: redis: {reason}\n"


def test_a_redis_that_is_not_there(begin: Begin, free_port: Callable[[], int]) -> None:
    nobody = str(free_port())
    port = port_of(begin("adapter.py", REDIS_PORT=nobody))
    status, text = ask(port)
    assert (status, parse(text)["redis_up"]) == (200, 0)
    assert text.startswith("# redis_error: Connection refused\n")
    probe = begin("ping.py", REDIS_PORT=nobody)
    assert probe.communicate(timeout=LIMIT)[0] == b"ping: Connection refused\n"
    assert probe.returncode == 1


def test_the_probe_of_redis(begin: Begin) -> None:
    said = {b"+PONG\r\n": (0, b"ping: PONG\n"), b"+WHAT\r\n": (1, b"ping: WHAT\n")}
    said[b"-LOADING wait\r\n"] = (1, b"ping: LOADING wait\n")
    for answer, expected in said.items():
        with Fake(answer) as fake:
            probe = begin("ping.py", REDIS_PORT=fake.port)
            output, error = probe.communicate(timeout=LIMIT)
            assert (probe.returncode, output, error) == (*expected, b"")
            assert fake.asked == [b"*1\r\n$4\r\nPING\r\n"]


def test_other_requests_are_refused(begin: Begin) -> None:
    process = begin("adapter.py", REDIS_PORT="1")
    port = port_of(process)
    for path in ("/", "/metrics/", "/metrics%00", "/" + "x" * 9000):
        assert ask(port, path) == (404, "# the metrics are at /metrics\n")
    for words in (b"POST /metrics HTTP/1.0\r\n\r\n", b"\xff\0\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as client:
            client.sendall(words)
            client.shutdown(socket.SHUT_WR)
            assert b" 200 " not in client.recv(65536)
    process.terminate()
    assert process.communicate(timeout=LIMIT) == (b"adapter: stopped\n", b"")


@pytest.mark.parametrize("port", ["redis", "", "0", "65536", "-1", "9" * 5000])
def test_a_bad_port_of_redis(begin: Begin, port: str) -> None:
    error = failure(begin("adapter.py", REDIS_PORT=port))
    assert error.startswith("adapter: REDIS_PORT is ") and "set it to" in error


def test_other_bad_settings(begin: Begin) -> None:
    error = failure(begin("adapter.py", TIMEOUT="soon"))
    assert error.startswith("adapter: TIMEOUT is 'soon': set it to a number")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        error = failure(begin("adapter.py", PORT=port))
    assert error.startswith(f"adapter: cannot use 127.0.0.1:{port} (Address already")
    error = failure(begin("ping.py", REDIS_PORT="65536"))
    assert error.startswith("ping: REDIS_PORT is 65536: set it to a number")


def failure(process: Popen) -> str:
    """Return the one line that a program said which refused to start."""
    output, error = process.communicate(timeout=LIMIT)
    assert (process.returncode, output, error.count(b"\n")) == (2, b"", 1)
    return error.decode()
