"""A shop whose configuration changes while it serves, at every level."""

import json
import random
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from lab.systems import PODS
from levels import Launch, Level, until, url_of
from programs import LIMIT, FreePort, Get, Program, Start, starter

SYSTEM = PODS / "dynamic_config"
FIRST = {"banner": "Welcome!", "price": 10, "currency": "EUR"}
WELCOME = "Welcome! One ticket: 10 EUR\n"


def config(number: int) -> dict[str, Any]:
    """Return a configuration in which two values always belong together."""
    return {"banner": f"Sale {number}!", "price": number, "currency": "EUR"}


def put(url: str, body: bytes | dict[str, Any], method: str = "PUT") -> tuple[int, str]:
    """Send a configuration once; return the status and the text of the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


class Pair:
    """The addresses of a system that runs, and what a client does with them."""

    def __init__(self, system: Level, get: Get) -> None:
        self.system, self._get = system, get
        self.shop = url_of(system, 8088)
        self.manager = url_of(system, 8089) + "config"
        until(self.is_open)

    def is_open(self) -> bool:
        """Whether the shop has its configuration, and the manager answers."""
        return self.page() is not None and self._get(self.manager)[0] == 200

    def page(self) -> str | None:
        """Return the shop's page, if it has one."""
        status, text = self._get(self.shop)
        return text if status == 200 else None

    def version(self) -> dict[str, Any]:
        """Return what the shop says it runs with."""
        found: dict[str, Any] = json.loads(self._get(self.shop + "version")[1])
        return found

    def put(self, body: bytes | dict[str, Any], method: str = "PUT") -> tuple[int, str]:
        """Send a configuration to the manager."""
        return put(self.manager, body, method)


@pytest.fixture
def pair(launch: Launch, get: Get) -> Pair:
    """The system, ready."""
    return Pair(launch("dynamic_config"), get)


# --- changes


def test_a_change_is_live_without_a_restart(pair: Pair) -> None:
    assert pair.page() == WELCOME
    before = pair.version()
    for method in ("PUT", "POST"):
        number = 5 if method == "PUT" else 6
        status, text = pair.put(config(number), method)
        assert (status, text.split(":")[0]) == (200, "applied")
        assert pair.page() == f"Sale {number}! One ticket: {number} EUR\n"
    after = pair.version()
    assert after["pid"] == before["pid"]
    assert after["running"] != before["running"]
    assert f"process {after['pid']} runs with {after['running']}" in text


# Compose brings nothing of its own to this one, nor to the next two.
@pytest.mark.levels("processes", "pod", "cluster")
def test_no_request_fails_while_sixty_changes_are_made(pair: Pair) -> None:
    pid = pair.version()["pid"]
    wrong: list[str] = []
    seen: set[str] = set()
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            try:
                # Once, and not again: a request that fails must be seen.
                with urllib.request.urlopen(pair.shop, timeout=LIMIT) as answer:
                    text = answer.read().decode()
            except OSError as error:
                wrong.append(str(error))
                continue
            match = re.fullmatch(r"Sale (\d+)! One ticket: (\d+) EUR\n", text)
            if match is None or match[1] != match[2]:
                wrong.append(text)
            else:
                seen.add(match[1])

    pair.put(config(0))
    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    try:
        answers = [pair.put(config(number)) for number in range(1, 61)]
    finally:
        over.set()
        for visitor in visitors:
            visitor.join(LIMIT)
    assert [status for status, _ in answers] == [200] * 60
    assert wrong == []
    assert len(seen) > 10
    assert pair.version()["pid"] == pid


BROKEN = {
    b"": "it is not JSON",
    b'{"banner": "Hi", "price": 1, "currency": "EUR"': "it is not JSON",
    b"\xff": "it is not JSON",
    b"[" * 60000: "it is not JSON",
    b"[]": "it is not a JSON object",
    b'{"banner": "Hi", "price": 1}': "currency is missing",
    b'{"banner": "Hi", "price": "1", "currency": "EUR"}': "price must be of type int",
    b'{"banner": "Hi", "price": true, "currency": "EUR"}': "price must be of type int",
    b'{"banner": "Hi", "price": 1, "currency": "EUR", "x": 1}': "unknown key 'x'",
    b'{"banner": "\\u001b[2J", "price": 1, "currency": "EUR"}': "a text holds a "
    "character that cannot be printed",
    b'{"banner": "\\ud800", "price": 1, "currency": "EUR"}': "a text holds a "
    "character that cannot be printed",
}


@pytest.mark.levels("processes", "cluster")
def test_a_broken_configuration_is_refused_and_the_old_one_stays(
    pair: Pair, get: Get
) -> None:
    before = pair.version()
    for body, reason in BROKEN.items():
        assert pair.put(body) == (422, f"refused: {reason}; the old one stays\n")
    status, text = pair.put(b" " * 65537)
    assert (status, text.split(":")[0]) == (413, "refused")
    assert pair.version() == before
    assert json.loads(get(pair.manager)[1]) == FIRST
    assert pair.page() == WELCOME


@pytest.mark.levels("processes", "pod", "cluster")
def test_what_only_the_shop_can_judge_is_taken_back(pair: Pair, get: Get) -> None:
    pair.put(config(7))
    status, text = pair.put(config(8) | {"currency": "EEK"})
    assert (status, text) == (
        422,
        "refused by shop: no such currency: EEK; the old one stays\n",
    )
    assert json.loads(get(pair.manager)[1]) == config(7)
    assert pair.page() == "Sale 7! One ticket: 7 EUR\n"
    complaint = "config.json (no such currency: EEK): the old one stays\n"
    assert pair.system.output("shop").count(complaint) == 1
    # And it is not what the shop would read when it starts again.
    pair.system.kill("shop")
    assert until(pair.page) == "Sale 7! One ticket: 7 EUR\n"


def test_either_may_be_killed(pair: Pair) -> None:
    pair.put(config(3))
    first = pair.version()["pid"]
    pair.system.kill("config-manager")
    assert pair.page() == "Sale 3! One ticket: 3 EUR\n"
    until(pair.is_open)
    pair.system.kill("shop")
    assert until(pair.page) == "Sale 3! One ticket: 3 EUR\n"
    assert pair.put(config(4))[0] == 200
    assert pair.page() == "Sale 4! One ticket: 4 EUR\n"
    assert pair.version()["pid"] != first


def test_both_stop_cleanly(pair: Pair) -> None:
    system = pair.system
    system.stop()
    if system.name != "cluster":
        for name in ("shop", "config-manager"):
            # Not "ends with": a pod's log gives what stderr said after the rest.
            assert f"{name}: stopped\n" in system.output(name)


# Compose has no native sidecars.
@pytest.mark.levels("processes", "pod")
def test_as_a_native_sidecar_it_has_the_file_ready(launch: Launch, get: Get) -> None:
    pair = Pair(launch("dynamic_config", file="pod-native.yaml"), get)
    assert "No such file" not in pair.system.output("shop")
    assert pair.put(config(2))[0] == 200


# --- what the sidecar needs: to see the processes, and to be the same user

UNSEEN = (
    503,
    "written, but no process with --config /etc/shop/config.json is in sight: "
    "does it run, and is shareProcessNamespace: true?\n",
)


# A pod is what has the field; processes of one machine always see each other.
@pytest.mark.levels("pod")
def test_without_a_shared_process_namespace_it_says_so(
    launch: Launch, get: Get
) -> None:
    def part(pod: dict[str, Any]) -> None:
        pod["spec"]["shareProcessNamespace"] = False

    system = launch("dynamic_config", change=part)
    manager = url_of(system, 8089) + "config"
    assert json.loads(get(manager)[1]) == FIRST
    shop = url_of(system, 8088)
    before = get(shop)
    assert put(manager, config(1)) == UNSEEN
    assert json.loads(get(manager)[1]) == config(1)
    assert get(shop) == before


# The same, as Compose says it: services without `pid`.
@pytest.mark.levels("compose")
def test_services_that_do_not_share_processes(launch: Launch, get: Get) -> None:
    def part(project: dict[str, Any]) -> None:
        for service in project["services"].values():
            service.pop("pid", None)

    system = launch("dynamic_config", change=part)
    manager = url_of(system, 8089) + "config"
    assert get(manager)[0] == 200
    assert put(manager, config(1)) == UNSEEN


# Only under podman can a test give a container another user.
@pytest.mark.levels("pod")
def test_another_users_process_may_not_be_signaled(launch: Launch, get: Get) -> None:
    def other_user(pod: dict[str, Any]) -> None:
        (shop,) = (b for b in pod["spec"]["containers"] if b["name"] == "shop")
        shop["securityContext"]["runAsUser"] = 1001

    system = launch("dynamic_config", change=other_user)
    manager = url_of(system, 8089) + "config"
    get(url_of(system, 8088))
    get(manager)
    assert put(manager, config(1)) == (
        503,
        "written, but shop may not be signaled: run both containers as the same user\n",
    )


@pytest.mark.levels("pod")
def test_the_same_user_needs_no_capability_to_signal(pair: Pair) -> None:
    ask = "print(open('/proc/self/status').read())"
    for name in ("shop", "config-manager"):
        status = pair.system.run(name, "python3", "-c", ask).stdout
        assert re.search(r"^Uid:\t1000\t1000\t1000\t1000$", status, re.M)
        assert re.search(r"^CapEff:\t0+$", status, re.M)
    assert pair.put(config(9))[0] == 200


# --- the programs alone


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM) as start:
        yield start


class Alone:
    """Starts the two programs by hand, on a file of their own."""

    def __init__(self, start: Start, folder: Path, free_port: FreePort) -> None:
        self.start, self.file = start, folder / "config.json"
        self.shop_port, self.manager_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.manager_port}/config"

    def shop(self) -> Program:
        words = ("--config", str(self.file))
        return self.start("shop.py", *words, PORT=str(self.shop_port))

    def manager(self, **settings: str) -> Program:
        default = {
            "PORT": str(self.manager_port),
            "CONFIG": str(self.file),
            "FIRST": json.dumps(config(0)),
            "SHOP": f"http://127.0.0.1:{self.shop_port}/version",
        }
        return self.start("config_manager.py", **default | settings)


@pytest.fixture
def alone(start: Start, tmp_path: Path, free_port: FreePort) -> Alone:
    """The two programs, not started yet."""
    return Alone(start, tmp_path, free_port)


def test_nobody_ever_reads_half_a_file(alone: Alone, get: Get) -> None:
    alone.shop()
    alone.manager()
    get(alone.url)
    large = {"banner": "x" * 60000, "price": 1, "currency": "EUR"}
    over, read = threading.Event(), []

    def watch() -> None:
        while not over.is_set():
            read.append(json.loads(alone.file.read_bytes())["price"])

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    for number in range(40):
        assert put(alone.url, large if number % 2 else config(2))[0] == 200
    over.set()
    watcher.join(LIMIT)
    assert read[-1] in (1, 2)  # it has not failed on the way
    assert {1, 2} <= set(read)
    assert [path.name for path in alone.file.parent.iterdir()] == ["config.json"]


def test_a_manager_killed_at_any_moment_leaves_a_whole_file(
    alone: Alone, get: Get
) -> None:
    alone.shop()
    luck = random.Random(1)
    number = 0
    for _ in range(8):
        manager = alone.manager()
        get(alone.url)
        timer = threading.Timer(luck.uniform(0.02, 0.2), manager.kill)
        timer.start()
        try:
            while True:
                number += 1
                put(alone.url, config(number))
        except (OSError, HTTPException):  # it is gone, perhaps in mid-answer
            timer.join()
        manager.wait(LIMIT)
        left = json.loads(alone.file.read_bytes())
        assert left in (config(number), config(number - 1))
    # What a killed manager has written and not announced, the next announces.
    alone.file.write_text(json.dumps(config(1000)))
    alone.manager()
    shop = f"http://127.0.0.1:{alone.shop_port}/"
    assert until(lambda: get(shop)[1] == "Sale 1000! One ticket: 1000 EUR\n")
    get(alone.url)  # it signals before it listens
    assert put(alone.url, config(1001))[0] == 200


def test_only_a_program_that_expects_the_signal_gets_it(
    alone: Alone, start: Start, get: Get
) -> None:
    # SIGHUP ends who does not catch it: a shop that is just starting, an editor.
    wait = "import time; print('ready', flush=True); time.sleep(60)"
    file = str(alone.file)
    starting = start("-c", wait, "--config", file)
    other = start("-c", f"import signal as s; s.signal(1, print); {wait}", "-c", file)
    for process in (starting, other):
        assert process.line() == "ready\n"
    alone.manager(WAIT="0.3")
    get(alone.url)
    status, text = put(alone.url, config(1))
    assert (status, text.split(":")[0].split(", ")[0]) == (503, "written")
    assert starting.poll() is None
    other.kill()
    assert other.outcome()[1] == ""


def test_a_shop_that_does_not_confirm_is_reported(
    alone: Alone, get: Get, free_port: FreePort
) -> None:
    shop = alone.shop()
    alone.manager(WAIT="0.3", SHOP=f"http://127.0.0.1:{free_port()}/")
    get(alone.url)
    get(f"http://127.0.0.1:{alone.shop_port}/")
    text = f"written, but process {shop.pid} does not confirm it\n"
    assert put(alone.url, config(1)) == (504, text)


def test_a_file_that_cannot_be_replaced_is_reported(alone: Alone, get: Get) -> None:
    alone.shop()
    alone.manager()
    get(alone.url)
    # In its way: root may write anywhere, but not over a folder.
    (alone.file.parent / ".config.json.new").mkdir()
    status, text = put(alone.url, config(1))
    assert (status, text) == (507, f"cannot write {alone.file} (Is a directory)\n")
    assert get(alone.url)[1] == json.dumps(config(0)) + "\n"


def test_before_the_first_configuration_the_shop_is_not_ready(
    alone: Alone, get: Get
) -> None:
    alone.shop()
    shop = f"http://127.0.0.1:{alone.shop_port}/"
    why = "no usable configuration: No such file or directory\n"
    assert get(shop + "healthz") == get(shop) == (503, why)
    alone.manager()
    assert until(lambda: get(shop + "healthz") == (200, "ok\n"))


@pytest.mark.parametrize("program", ["shop", "manager"])
def test_a_program_stops_at_once(alone: Alone, get: Get, program: str) -> None:
    alone.file.write_text(json.dumps(FIRST))
    process = alone.shop() if program == "shop" else alone.manager()
    port = alone.shop_port if program == "shop" else alone.manager_port
    get(f"http://127.0.0.1:{port}/")
    status, output, error = process.stop(within=1)
    assert (status, error) == (0, "")
    assert output.endswith(": stopped\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"CONFIG": ""}, "CONFIG"),
        ({"CONFIG": "/no/such/config.json"}, "no folder at /no/such: mount"),
        ({"FIRST": "{"}, "FIRST is no configuration (it is not JSON): set it"),
        ({"FIRST": ""}, "FIRST"),
        ({"WAIT": "long"}, "WAIT is 'long': set it to a number"),
        ({"PORT": "http"}, "PORT is 'http': set it to a number"),
    ],
)
def test_a_manager_with_a_wrong_setting_says_so(
    alone: Alone, settings: dict[str, str], said: str
) -> None:
    error = alone.manager(**settings).refusal()
    assert error.startswith(f"config-manager: {said}")


def test_a_manager_whose_folder_cannot_be_written_says_so(alone: Alone) -> None:
    (alone.file.parent / ".config.json.new").mkdir()
    assert alone.manager().refusal() == (
        f"config-manager: cannot write {alone.file} (Is a directory): "
        "mount it writable\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no configuration named: start it with --config FILE"),
        (["--config"], "no configuration named: start it with --config FILE"),
        (["--config", "/no/such/c.json"], "no folder at /no/such: mount the volume"),
    ],
)
def test_a_shop_started_wrongly_says_so(
    start: Start, words: list[str], said: str
) -> None:
    error = start("shop.py", *words, PORT="0").refusal()
    assert error.startswith(f"shop: {said}")
