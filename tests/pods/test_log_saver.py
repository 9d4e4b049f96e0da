"""The log saver: no line is lost, whatever is killed, full, away or renamed."""

import json
import os
import random
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from lab.systems import PODS
from levels import Launch, Level, stop_cleanly, until, url_of
from log_saver_application import line_of
from programs import FreePort, Get, Program, Start, port_of, speak, starter

SYSTEM = PODS / "log_saver"
APPLICATION = Path(__file__).with_name("log_saver_application.py")
BLOCK = 1 << 20
LONGEST = 4 << 20


# --- the system, at every level


def urls(system: Level) -> tuple[str, str, str]:
    """Return the addresses of web, log-saver and store."""
    return url_of(system, 8080), url_of(system, 8082), url_of(system, 8083)


def paths(get: Get, store: str) -> list[str]:
    """Return the path in each line that the store shows."""
    return [line.split()[2] for line in get(store)[1].splitlines()]


def once(get: Get, store: str) -> list[str]:
    """Return what `paths` does without what was sent again after a crash."""
    return list(dict.fromkeys(paths(get, store)))


def test_each_request_reaches_the_store_once_and_in_order(
    launch: Launch, get: Get
) -> None:
    # A log of 200 bytes is renamed at every sixth line or so.
    system = launch("log_saver", settings={"web": {"MAX_BYTES": "200"}})
    web, saver, store = urls(system)
    asked = [f"/{number}" for number in range(30)]
    for path in asked:
        get(web + path[1:])
    until(lambda: len(paths(get, store)) >= 30)
    assert paths(get, store) == asked
    code = "import os, sys; print(*os.listdir(sys.argv[1]))"
    listing = system.run("web", "python3", "-c", code, "/var/log/web").stdout
    assert {f"access.log.{number}" for number in range(1, 5)} < set(listing.split())
    assert get(saver + "healthz") == (200, "ok\n")
    until(lambda: "log_saver_lines_total 30\n" in get(saver + "metrics")[1])
    until(lambda: "log_saver_behind_bytes 0\n" in get(saver + "metrics")[1])
    stop_cleanly(system, "web", "log-saver", "store")


def test_what_is_logged_while_a_helper_is_dead_arrives_later(
    launch: Launch, get: Get
) -> None:
    system = launch("log_saver")
    web, _, store = urls(system)
    get(web + "before")
    until(lambda: paths(get, store) == ["/before"])
    for helper in ("log-saver", "store"):
        system.kill(helper)
        assert get(f"{web}while-the-{helper}-is-dead")[0] == 200
    expected = ["/before", "/while-the-log-saver-is-dead", "/while-the-store-is-dead"]
    until(lambda: once(get, store) == expected)


# Compose has no native sidecars; our runner starts a pod's as it starts processes.
@pytest.mark.levels("processes", "cluster")
def test_as_a_native_sidecar_it_does_the_same(launch: Launch, get: Get) -> None:
    web, _, store = urls(launch("log_saver", file="pod-native.yaml"))
    get(web + "hello")
    until(lambda: paths(get, store) == ["/hello"])


# --- the programs, one at a time


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM, PORT="0") as start:
        yield start


def largest(size: int) -> Callable[[], None]:
    """Return what limits the size of a program's files: it stands for a full disk."""
    return partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))


class Sink:
    """A store for tests: keeps batches, and answers each as a test asks.

    The answer 0 is none at all: the batch is kept, and then the connection ends.
    """

    def __init__(self, port: int = 0) -> None:
        self.batches: list[tuple[str, int, bytes]] = []
        self.answer: Callable[[], int] = lambda: 200
        self.open(port)

    def open(self, port: int) -> None:
        """Listen on *port*."""
        sink = self

        class Keeper(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                query = parse_qs(urlsplit(self.path).query)
                place = query["file"][0], int(query["offset"][0])
                status = sink.answer()
                if status in (0, 200):
                    sink.batches.append((*place, body))
                if status:
                    self.send_response(status)
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Keeper)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/lines"

    @property
    def data(self) -> bytes:
        """All that has come."""
        return b"".join(body for _, _, body in list(self.batches))

    def close(self) -> None:
        """Be away."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A store that a test can tell what to do."""
    sink = Sink()
    yield sink
    sink.close()


class Place:
    """The folders of a log and of a position, and a sidecar between them."""

    def __init__(self, start: Start, folder: Path) -> None:
        self.start = start
        self.logs, self.state = folder / "logs", folder / "state"
        for place in (self.logs, self.state):
            place.mkdir()
        self.log = self.logs / "access.log"

    def saver(self, store: str, **settings: str) -> Program:
        """Start the sidecar."""
        return self.start(
            "log_saver.py",
            LOG_DIR=str(self.logs),
            STATE_DIR=str(self.state),
            STORE_URL=store,
            **settings,
        )

    def write(self, data: bytes) -> None:
        """Append to the log."""
        with self.log.open("ab") as file:
            file.write(data)

    def kill(self, saver: Program) -> None:
        """Kill a sidecar that has saved where the log ends."""
        state = self.state / "position.json"
        size = self.log.stat().st_size
        until(lambda: json.loads(state.read_text())["offset"] == size)
        saver.kill()
        saver.wait()

    def rename(self, number: int) -> None:
        """Rotate the log."""
        self.log.rename(f"{self.log}.{number}")


@pytest.fixture
def place(start: Start, tmp_path: Path) -> Place:
    """Empty folders for a log and a position."""
    return Place(start, tmp_path)


def test_it_waits_for_a_log_that_is_not_there_yet(
    place: Place, sink: Sink, get: Get
) -> None:
    url = place.saver(sink.url).url()
    assert get(url + "healthz") == (200, f"ok, but no log yet at {place.log}\n")
    place.write(b"first\n")
    until(lambda: sink.data == b"first\n")
    assert get(url + "healthz") == (200, "ok\n")


def test_half_a_line_waits_for_its_other_half(place: Place, sink: Sink) -> None:
    place.write(b"one\ntw")
    place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    time.sleep(0.4)  # several looks at the half line
    place.write(b"o\nthr")
    until(lambda: sink.data == b"one\ntwo\n")
    assert [offset for _, offset, _ in sink.batches] == [0, 4]


def test_a_line_may_be_a_mebibyte_and_any_bytes(place: Place, sink: Sink) -> None:
    noise = random.Random(1).randbytes(BLOCK).replace(b"\n", b"\xff")
    text = b"before\n" + noise + b"\n\xff\xfe\0\r\x1b not UTF-8\n\n\nafter\n"
    place.write(text)
    place.saver(sink.url)
    until(lambda: len(sink.data) >= len(text))
    assert sink.data == text


def test_a_line_longer_than_any_limit_comes_in_parts(place: Place, sink: Sink) -> None:
    line = b"x" * (LONGEST + LONGEST // 2)
    place.write(line + b"\nafter\n")
    place.saver(sink.url)
    until(lambda: sink.data.endswith(b"after\n"))
    assert sink.data == line[:LONGEST] + b"\n" + line[LONGEST:] + b"\nafter\n"


def test_files_renamed_while_it_was_away_come_in_their_order(
    place: Place, sink: Sink
) -> None:
    place.write(b"a1\na2\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"a1\na2\n")
    place.kill(saver)
    place.write(b"a3\n")
    for number, text in enumerate((b"b1\n", b"c1\n", b"d1\n"), 1):
        place.rename(number)
        time.sleep(0.02)  # so that the files' times tell their order
        place.write(text)
    place.saver(sink.url)
    until(lambda: sink.data.endswith(b"d1\n"))
    assert sink.data == b"a1\na2\na3\nb1\nc1\nd1\n"


def test_numbers_may_also_grow_with_age(place: Place, sink: Sink) -> None:
    # As logrotate has it: log.1 is the newest, and every rotation renames all.
    place.write(b"a\n")
    place.saver(sink.url)
    until(lambda: sink.data == b"a\n")
    for number, text in enumerate((b"b\n", b"c\n", b"d\n")):
        for old in range(number, 0, -1):
            Path(f"{place.log}.{old}").rename(f"{place.log}.{old + 1}")
        place.rename(1)
        time.sleep(0.02)
        place.write(text)
    until(lambda: sink.data.endswith(b"d\n"))
    assert sink.data == b"a\nb\nc\nd\n"


def test_what_is_written_to_a_renamed_file_comes_before_the_new_one(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\n")
    place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    time.sleep(1)  # a quiet log may be renamed, too
    with place.log.open("ab", buffering=0) as old:
        place.rename(1)
        place.write(b"three\n")
        time.sleep(0.25)
        old.write(b"two\n")
    until(lambda: sink.data.endswith(b"three\n"))
    assert sink.data == b"one\ntwo\nthree\n"


def test_a_rename_during_the_look_hides_no_file(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SYSTEM))
    from logs import files  # type: ignore[import-not-found]

    place.write(b"old\n")
    look = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path == place.log and not Path.exists(Path(f"{place.log}.1")):
            place.rename(1)
            place.write(b"new\n")
        return look(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat)
    found = [file.path.name for file in files(place.log, (0, 0))]
    assert found == ["access.log.1", "access.log"]


def test_half_a_line_at_the_end_of_a_renamed_file_is_a_line(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\nhal")
    place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    place.rename(1)
    place.write(b"two\n")
    until(lambda: sink.data.endswith(b"two\n"))
    assert sink.data == b"one\nhal\ntwo\n"


def test_a_truncated_log_is_read_from_its_start(place: Place, sink: Sink) -> None:
    place.write(b"one, a long line\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one, a long line\n")
    os.truncate(place.log, 0)
    place.write(b"two\n")
    until(lambda: sink.data == b"one, a long line\ntwo\n")
    # And while it is away, with more in the file than there was before.
    place.kill(saver)
    os.truncate(place.log, 0)
    place.write(b"three\n" * 5)
    place.saver(sink.url)
    until(lambda: sink.data.endswith(b"three\n" * 5))
    assert sink.data == b"one, a long line\ntwo\n" + b"three\n" * 5


def test_what_was_unread_at_a_truncation_comes_from_the_copy(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    place.kill(saver)
    place.write(b"two\n")
    Path(f"{place.log}.1").write_bytes(place.log.read_bytes())
    os.truncate(place.log, 0)
    place.write(b"three\n")
    place.saver(sink.url)
    until(lambda: sink.data.endswith(b"three\n"))
    assert sink.data == b"one\ntwo\nthree\n"


def test_a_renamed_file_that_was_deleted_unread_does_not_stop_it(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    place.kill(saver)
    place.write(b"lost with its file\n")
    place.rename(1)
    place.write(b"two\n")
    Path(f"{place.log}.1").unlink()
    place.saver(sink.url)
    until(lambda: sink.data == b"one\ntwo\n")


def test_another_file_with_the_old_inode_is_not_taken_for_the_old_file(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    place.kill(saver)
    # A new log got the number of the old one, which was deleted.
    state = place.state / "position.json"
    place.log.unlink()
    place.write(b"new, and longer\n")
    values = json.loads(state.read_text()) | {"inode": place.log.stat().st_ino}
    state.write_text(json.dumps(values))
    place.saver(sink.url)
    until(lambda: sink.data == b"one\nnew, and longer\n")


def test_killed_before_it_can_save_it_sends_that_batch_again_and_no_more(
    place: Place, sink: Sink
) -> None:
    place.write(b"one\n")
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one\n")

    def die() -> int:
        saver.kill()
        saver.wait()
        return 200

    sink.answer = die
    place.write(b"two\nthree\n")
    until(lambda: len(sink.batches) == 2)
    sink.answer = lambda: 200
    place.write(b"four\n")
    place.saver(sink.url)
    until(lambda: sink.data.endswith(b"four\n"))
    (first, *_), (file, offset, body), (again, start, rest) = sink.batches
    assert first == file == again
    assert (offset, start) == (4, 4)  # so the store can tell
    assert (body, rest) == (b"two\nthree\n", b"two\nthree\nfour\n")


def test_a_store_that_refuses_is_tried_again_and_health_says_why(
    place: Place, sink: Sink, get: Get
) -> None:
    sink.answer = lambda: 500
    place.write(b"one\n")
    url = place.saver(sink.url).url()
    _, text = until(lambda: (a := get(url + "healthz"))[0] == 503 and a)
    assert (
        text
        == f"cannot deliver to {sink.url} (it answered 500 Internal Server Error)\n"
    )
    place.write(b"two\n")
    sink.answer = lambda: 200
    until(lambda: sink.data == b"one\ntwo\n")
    until(lambda: get(url + "healthz") == (200, "ok\n"))


def test_health_says_that_the_store_is_away_before_a_line_has_to_wait(
    place: Place, get: Get, free_port: FreePort
) -> None:
    store = f"http://127.0.0.1:{free_port()}/lines"
    url = place.saver(store).url()
    status, text = get(url + "healthz")
    assert status == 503
    assert text.startswith(f"cannot reach {store} (")
    assert get(url)[0] == 200, "it need not be restarted"


def test_a_store_that_comes_back_gets_all_and_the_sidecar_says_so_once(
    place: Place, free_port: FreePort
) -> None:
    port = free_port()
    saver = place.saver(f"http://127.0.0.1:{port}/lines")
    for number in range(10):
        place.write(b"%d\n" % number)
        time.sleep(0.1)
    sink = Sink(port)
    until(lambda: sink.data == b"".join(b"%d\n" % n for n in range(10)))
    _, _, errors = saver.stop(within=5)
    sink.close()
    cannot, well = errors.splitlines()
    assert cannot.startswith("log-saver: cannot deliver to http://127.0.0.1:")
    assert well == "log-saver: all is well again"


def test_memory_stays_flat_while_200_megabytes_wait_for_the_store(
    place: Place, free_port: FreePort
) -> None:
    line = b"x" * 119 + b"\n"
    block = line * 8738
    with place.log.open("wb") as file:
        while file.tell() < 200e6:
            file.write(block)
    port = free_port()
    saver = place.saver(f"http://127.0.0.1:{port}/lines")
    saver.url()
    process = psutil.Process(saver.pid)
    seen = []
    for _ in range(20):
        seen.append(process.memory_info().rss)
        time.sleep(0.05)
    received = 0
    sink = Sink(port)
    while received < place.log.stat().st_size:
        seen.append(process.memory_info().rss)
        time.sleep(0.01)
        while sink.batches:
            received += len(sink.batches.pop()[2])
    sink.close()
    assert received == place.log.stat().st_size
    assert max(seen) < 40 * 2**20, f"{max(seen) / 2**20:.0f} MiB"


# --- stop, and bad settings


def stops(process: Program, name: str) -> None:
    """Check that a program stops in a second and says so last."""
    status, output, _ = process.stop(within=1)
    assert status == 0
    assert output.endswith(f"{name}: stopped\n")


@pytest.mark.parametrize("store", ["there", "away", "silent"])
def test_the_sidecar_stops_within_a_second(
    place: Place, sink: Sink, free_port: FreePort, store: str
) -> None:
    place.write(b"one\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = {
            "there": sink.url,
            "away": f"http://127.0.0.1:{free_port()}/lines",
            "silent": f"http://127.0.0.1:{silent.getsockname()[1]}/lines",
        }[store]
        saver = place.saver(url)
        saver.url()
        time.sleep(0.3)
        stops(saver, "log-saver")


def test_when_told_to_stop_it_brings_what_is_there(place: Place, sink: Sink) -> None:
    saver = place.saver(sink.url)
    saver.url()
    for _ in range(3):
        place.write(b"line\n" * 1000)
    saver.terminate()
    saver.wait(5)
    assert sink.data == b"line\n" * 3000
    offset = json.loads((place.state / "position.json").read_text())["offset"]
    assert offset == place.log.stat().st_size


@pytest.mark.parametrize(
    ("program", "name", "variable"),
    [("web.py", "web", "LOG_DIR"), ("store.py", "store", "STORE_DIR")],
)
def test_web_and_store_stop_within_a_second(
    start: Start, tmp_path: Path, program: str, name: str, variable: str
) -> None:
    process = start(program, **{variable: str(tmp_path)})
    process.url()
    stops(process, name)


BAD = {
    "no folder for the log": ("log_saver.py", {"LOG_DIR": "/nowhere"}),
    "no folder for the position": ("log_saver.py", {"STATE_DIR": "/nowhere"}),
    "no URL": ("log_saver.py", {"STORE_URL": "store:8083"}),
    "no port in the URL": ("log_saver.py", {"STORE_URL": "http://store:x/"}),
    "no URL at all": ("log_saver.py", {"STORE_URL": ""}),
    "no port": ("log_saver.py", {"PORT": "http"}),
    "no folder for the store": ("store.py", {"STORE_DIR": "/nowhere"}),
    "web: no folder": ("web.py", {"LOG_DIR": "/nowhere"}),
    "web: no number": ("web.py", {"MAX_BYTES": "many"}),
}


@pytest.mark.parametrize(("program", "wrong"), BAD.values(), ids=BAD.keys())
def test_a_bad_setting_is_one_clear_line_and_status_2(
    start: Start, tmp_path: Path, program: str, wrong: dict[str, str]
) -> None:
    folder = str(tmp_path)
    good = {"LOG_DIR": folder, "STATE_DIR": folder, "STORE_DIR": folder}
    errors = start(program, **(good | wrong)).refusal()
    name = program.removesuffix(".py").replace("_", "-")
    assert errors.startswith(f"{name}: ")
    (variable, value), *_ = wrong.items()
    assert variable in errors
    assert value in errors


def test_a_position_that_cannot_be_written_is_one_line_and_status_2(
    start: Start, tmp_path: Path
) -> None:
    folder = str(tmp_path)
    folders = {"LOG_DIR": folder, "STATE_DIR": folder}
    errors = start("log_saver.py", prepare=largest(0), **folders).refusal()
    assert errors.startswith(f"log-saver: cannot write {folder}/position.json (")


SPOILED = '{"file": "a", "inode": 1, "offset": 1, "mark": "0000", "done": [0, 0]}'


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", SPOILED, "\0\xff"])
def test_a_spoiled_position_means_everything_again(
    place: Place, sink: Sink, text: str
) -> None:
    place.write(b"one\n")
    (place.state / "position.json").write_text(text)
    saver = place.saver(sink.url)
    until(lambda: sink.data == b"one\n")
    _, _, errors = saver.stop(within=5)
    assert "position.json holds no position: delivering everything again" in errors


# --- full disks: the limit on the size of a file stands for one


def test_web_serves_on_when_its_disk_is_full_and_leaves_no_half_line(
    start: Start, tmp_path: Path, get: Get
) -> None:
    web = start("web.py", LOG_DIR=str(tmp_path), prepare=largest(500))
    url = web.url()
    for number in range(20):
        assert get(f"{url}{number}")[0] == 200
    text = (tmp_path / "access.log").read_bytes()
    assert len(text) < 500
    assert all(line.endswith(b" 200\n") for line in text.splitlines(keepends=True))
    assert "cannot write" in web.stop(within=5)[2]


def test_a_full_store_refuses_and_the_sidecar_waits(
    place: Place, start: Start, tmp_path: Path, get: Get
) -> None:
    kept = tmp_path / "store"
    kept.mkdir()
    store = start("store.py", STORE_DIR=str(kept), prepare=largest(500))
    url = store.url()
    place.write(b"fits\n")
    saver = place.saver(url + "lines").url()
    until(lambda: get(url)[1] == "fits\n")
    place.write(b"x" * 600 + b"\n")
    _, text = until(lambda: (a := get(saver + "healthz"))[0] == 503 and a)
    assert "it answered 507" in text
    assert (kept / "lines.log").read_bytes() == b"fits\n"


def test_the_store_takes_whole_batches_only(
    start: Start, tmp_path: Path, get: Get
) -> None:
    (tmp_path / "lines.log").write_bytes(
        b"whole\na part of a batch that was never conf"
    )
    url = start("store.py", STORE_DIR=str(tmp_path)).url()
    assert get(url) == (200, "whole\n")
    for request, status in (
        (b"POST /lines HTTP/1.0\r\nContent-Length: 9\r\n\r\nhalf", b"400"),
        (b"POST /lines HTTP/1.0\r\nContent-Length: 4\r\n\r\nhalf", b"400"),
        (b"POST /lines HTTP/1.0\r\n\r\nline\n", b"411"),
        (b"POST /lines HTTP/1.0\r\nContent-Length: -5\r\n\r\nline\n", b"411"),
        (b"POST /else HTTP/1.0\r\nContent-Length: 5\r\n\r\nline\n", b"404"),
        (b"POST /lines HTTP/1.0\r\nContent-Length: 5\r\n\r\nline\n", b"200"),
    ):
        assert speak(port_of(url), request).split()[1] == status, request
    assert get(url) == (200, "whole\nline\n")


# --- everything at once


class Victim:
    """A program that is killed and started again at random moments."""

    def __init__(self, start: Callable[[], Program]) -> None:
        self.start = start
        self.process = start()
        self.killed = 0
        self.pause = threading.Lock()

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.process.kill()
        self.process.outcome()
        self.killed += 1

    def suffer(self, times: int, dice: random.Random, longest: float) -> None:
        """Kill and restart it, *times* times."""
        for _ in range(times):
            if dice.random() < 0.8:  # else it may still be starting
                with suppress(ValueError):  # another thread has just ended it
                    self.process.line()
            time.sleep(dice.uniform(0, longest))
            with self.pause:
                self.kill()
                self.process = self.start()


def test_two_hundred_crashes_lose_no_line_and_repeat_one_batch_at_most(
    place: Place, start: Start, sink: Sink, tmp_path: Path
) -> None:
    seed = int(os.environ.get("LOG_SAVER_SEED", "1"))
    dice = random.Random(seed)
    lives, silences = [0], [0]

    def start_application(count: int = 1_000_000) -> Program:
        lives[0] += 1
        arguments = (str(lives[0]), str(tmp_path), str(count))
        return start(str(APPLICATION), *arguments)

    def all_arrived() -> bool:
        with place.log.open("rb") as file:
            file.seek(max(0, place.log.stat().st_size - 300))
            last = file.read().split(b"\n")[-2]
        return bool(sink.batches) and sink.batches[-1][2].endswith(last + b"\n")

    def sometimes_none() -> int:
        silent = dice.random() < 0.05
        silences[0] += silent
        return 0 if silent else 200

    sink.answer = sometimes_none
    port = sink.server.server_address[1]
    saver = Victim(lambda: place.saver(sink.url))
    app = Victim(start_application)
    killers = [
        threading.Thread(target=victim.suffer, args=(100, random.Random(n), longest))
        for n, (victim, longest) in enumerate(((app, 0.15), (saver, 0.15)), seed)
    ]
    for killer in killers:
        killer.start()
    while any(killer.is_alive() for killer in killers):
        time.sleep(dice.uniform(0.5, 1.5))
        if dice.random() < 0.6:
            sink.close()
            time.sleep(dice.uniform(0, 0.5))
            sink.open(port)
            continue
        # The application truncates its log, but only when all has been read.
        with app.pause:
            app.kill()
            start_application(5).wait(20)
            until(all_arrived)
            os.truncate(place.log, 0)
            app.process = start_application()
    for killer in killers:
        killer.join()
    app.kill()
    start_application(5).wait(20)
    until(all_arrived)

    written = {
        life: int((tmp_path / f"written.{life}").read_text() or 0)
        for life in range(1, lives[0] + 1)
        if (tmp_path / f"written.{life}").exists()
    }
    repeats = check(list(sink.batches), written)
    print(
        f"crashes: {app.killed} of the application, {saver.killed} of the sidecar,"
        f" {silences[0]} of the store; {sum(written.values())} lines in"
        f" {len(sink.batches)} batches, {repeats} of them sent again"
    )
    assert app.killed + saver.killed >= 200, f"seed {seed}"
    assert repeats <= saver.killed + silences[0], f"seed {seed}"


def check(batches: list[tuple[str, int, bytes]], written: dict[int, int]) -> int:
    """Check that every line is there, in order; return how many batches are repeats.

    A repeat begins where the batch before it began. The line that a killed
    application was writing may be there, whole or in part.
    """
    unsure = {life: line_of(life, count) for life, count in written.items()}
    furthest, repeats = (0, -1), 0
    for before, batch in zip([("", 0, b""), *batches], batches, strict=False):
        repeated = False
        for line in batch[2].split(b"\n")[:-1]:
            words = line.split(b" ", 2)
            known = len(words) == 3 and words[0].isdigit() and words[1].isdigit()
            place = (int(words[0]), int(words[1])) if known else (0, 0)
            if not known or place[1] >= written.get(place[0], 0):
                assert any(text.startswith(line) for text in unsure.values()), line[:80]
                continue
            assert line + b"\n" == line_of(*place), place
            if place <= furthest:
                repeated = True
            else:
                assert place == following(furthest, written)
                furthest = place
        if repeated:
            assert batch[:2] == before[:2], "more than one batch was repeated"
            repeats += 1
    assert following(furthest, written) is None
    return repeats


def following(
    place: tuple[int, int], written: dict[int, int]
) -> tuple[int, int] | None:
    """Return the place of the line that was written after the one at *place*."""
    life, number = place
    if number + 1 < written.get(life, 0):
        return life, number + 1
    later = [other for other, count in written.items() if other > life and count]
    return (min(later), 0) if later else None
