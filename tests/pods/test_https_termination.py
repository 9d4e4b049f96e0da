"""HTTPS for an application that speaks HTTP on localhost: what both sides see."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lab.manifest import notes
from lab.systems import PODS, missing
from levels import (
    AsCompose,
    AsPod,
    AsProcesses,
    Launch,
    Level,
    stop_cleanly,
    until,
    url_of,
)
from programs import (
    LIMIT,
    FreePort,
    Get,
    Program,
    Start,
    in_use,
    port_of,
    speak,
    starter,
)

SYSTEM = PODS / "https_termination"
DOWN = "the application does not answer\n"


def trusting(certificate: str) -> ssl.SSLContext:
    """Return a context that trusts this certificate alone, and checks all of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def ask(
    port: int,
    context: ssl.SSLContext | None,
    path: str = "/hello",
    headers: dict[str, str] | None = None,
    host: str = "localhost",
) -> tuple[int, str]:
    """Ask over HTTPS, or over HTTP without a context; return status and text."""
    talk: http.client.HTTPConnection
    if context:
        talk = http.client.HTTPSConnection(host, port, timeout=LIMIT, context=context)
    else:
        talk = http.client.HTTPConnection(host, port, timeout=LIMIT)
    try:
        talk.request("GET", path, headers=headers or {})
        answer = talk.getresponse()
        return answer.status, answer.read().decode()
    finally:
        talk.close()


def certificate_of(system: Level) -> str:
    """Return the certificate that the proxy has made, from its own folder."""
    file = "/var/lib/https-proxy/tls/cert.pem"
    done = until(lambda: (d := system.run("https-proxy", "cat", file)).stdout and d)
    return str(done.stdout)


def ready(system: Level, get: Get) -> tuple[int, ssl.SSLContext]:
    """Wait until the pair serves; return its port and a context that trusts it."""
    health = url_of(system, 8085) + "healthz"
    until(lambda: get(health) == (200, "ok\n"))
    return system.port(8443), trusting(certificate_of(system))


# --- at every level


def test_https_reaches_the_application(launch: Launch, get: Get) -> None:
    system = launch("https_termination")
    port, context = ready(system, get)
    for host in ("localhost", "127.0.0.1"):
        answer = ask(port, context, host=host)
        assert answer == (200, "Hello! You asked for /hello\n")
    health = url_of(system, 8085)
    assert get(health + "cert.pem") == (200, certificate_of(system))
    # Only who has the certificate can know that it is the right one.
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        ask(port, ssl.create_default_context())

    # The key is for the proxy alone.
    listing = system.run("https-proxy", "ls", "-l", "/var/lib/https-proxy/tls")
    modes = {line.split()[-1]: line.split()[0] for line in listing.stdout.splitlines()}
    assert modes["key.pem"].startswith("-rw-------")
    for path in ("key.pem", "tls/key.pem", "cert.pem/../key.pem"):
        assert get(health + path)[0] == 404

    # The application learns who came and how, not what the client claims.
    lies = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "http"}
    lies |= {"Forwarded": "for=9.9.9.9"}
    status, text = ask(port, context, "/headers", lies)
    assert status == 200
    told = dict(line.split(": ", 1) for line in text.splitlines())
    client = told["X-Forwarded-For"]
    socket.inet_aton(client)
    assert told["X-Forwarded-Proto"] == "https"
    assert told["Forwarded"] == f"for={client};proto=https"
    assert told["Host"] == f"localhost:{port}"
    assert "9.9.9.9" not in text

    assert ask(port, None) == (400, "this port speaks HTTPS: use https://\n")

    stop_cleanly(system, "legacy", "https-proxy")


# The rest of nginx's settings are the same at every level.
@pytest.mark.levels("processes")
def test_requests_that_are_too_large_or_not_requests(launch: Launch, get: Get) -> None:
    port, context = ready(launch("https_termination"), get)
    large = {"X-Large": "x" * 40_000}
    told = (431, "these headers are too large\n")
    for _ in range(10):
        assert ask(port, context, headers=large) == told
    assert ask(port, context, "/" + "x" * 40_000)[0] == 414
    announced = {"Content-Length": "2000000"}
    told = (413, "this body is larger than 1 MB\n")
    assert ask(port, context, headers=announced) == told
    many = {f"X-{number}": "x" for number in range(200)}
    assert ask(port, context, headers=many)[0] == 431  # the application's answer
    speak(port, b"\x16\x03\x01\xff\xff not TLS at all")
    assert ask(port, context)[0] == 200


@pytest.mark.levels("processes")
def test_old_versions_of_tls_are_refused(launch: Launch, get: Get) -> None:
    port, context = ready(launch("https_termination"), get)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = version
        assert ask(port, context)[0] == 200
    # Our own side allows it, so the refusal is the proxy's.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="alert protocol version"):
        ask(port, context)


@pytest.mark.levels("processes")
def test_a_client_that_stalls_is_dropped(launch: Launch, get: Get) -> None:
    settings = {"https-proxy": {"CLIENT_SECONDS": "0.5"}}
    port, context = ready(launch("https_termination", settings=settings), get)
    with socket.create_connection(("localhost", port), timeout=LIMIT) as silent:
        raw = socket.create_connection(("localhost", port), timeout=LIMIT)
        with context.wrap_socket(raw, server_hostname="localhost") as slow:
            slow.sendall(b"GET /hello HTTP/1.1\r\nHost: local")
            assert ask(port, context)[0] == 200
            for client in (silent, slow):
                with suppress(ConnectionResetError):  # dropped, less politely
                    assert client.recv(4096) == b""


# The pod's own address is needed: at level processes it is this machine's, and in
# a cluster out of reach.
@pytest.mark.levels("pod", "compose")
def test_nobody_outside_the_pod_reaches_the_application(
    launch: Launch, get: Get, level: str
) -> None:
    hosts = [("127.0.0.1", False), ("0.0.0.0", True)]
    for host, reachable in hosts[: 2 if level == "pod" else 1]:
        system = launch("https_termination", settings={"legacy": {"HOST": host}})
        ready(system, get)
        assert isinstance(system, AsPod | AsCompose)
        address = system.address()
        socket.create_connection((address, 8443), timeout=LIMIT).close()
        if reachable:
            # The door that this setting opens: it leads round the proxy.
            assert ask(8084, None, host=address)[0] == 200
        else:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, 8084), timeout=LIMIT)


def test_either_may_die_and_comes_back(launch: Launch, get: Get) -> None:
    system = launch("https_termination")
    port, context = ready(system, get)
    hello = (200, "Hello! You asked for /hello\n")
    system.kill("legacy")
    seen: set[tuple[int, str]] = set()
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        seen.add(ask(port, context))
    assert seen <= {(502, DOWN), hello}
    until(lambda: ask(port, context) == hello)

    system.kill("https-proxy")

    def answer() -> tuple[int, str]:
        try:
            return ask(port, context)
        except ssl.SSLCertVerificationError:
            raise  # it came back with another certificate
        except (OSError, http.client.HTTPException):
            return 0, ""

    until(lambda: answer() == hello)


# Podman-compose does not know native sidecars.
@pytest.mark.levels("processes", "pod", "cluster")
def test_as_a_native_sidecar_the_proxy_starts_first(launch: Launch, get: Get) -> None:
    system = launch("https_termination", file="pod-native.yaml")
    port, context = ready(system, get)
    assert ask(port, context)[0] == 200


# An init container that is not done: our runner would wait as a kubelet does.
@pytest.mark.levels("processes")
def test_a_proxy_that_waits_for_the_application_never_starts(launch: Launch) -> None:
    def wait(pod: dict[str, Any]) -> None:
        probe = pod["spec"]["initContainers"][0]["startupProbe"]
        probe["httpGet"]["path"] = "/healthz"
        probe["failureThreshold"] = 1

    native = "pod-native.yaml"
    system = launch("https_termination", file=native, change=wait, start=False)
    assert isinstance(system, AsProcesses)
    with pytest.raises(RuntimeError, match="https-proxy did not start"):
        system.start()
    assert system.processes.pid("legacy") == 0


# --- the proxy alone


@pytest.fixture
def start(tmp_path: Path, free_port: FreePort) -> Iterator[Start]:
    """Start a program of the system by itself."""
    if reason := missing(notes(SYSTEM / "pod.yaml").needs):
        pytest.skip(reason)
    place = tmp_path / "proxy"
    place.mkdir()
    with starter(
        SYSTEM,
        PORT=str(free_port()),
        HEALTH_PORT=str(free_port()),
        UPSTREAM=f"127.0.0.1:{free_port()}",
        PROXY_DIR=str(place),
        PATH=f"{os.environ['PATH']}:/usr/sbin",
    ) as start:
        yield start


def serving(proxy: Program) -> tuple[int, Path]:
    """Wait until the proxy listens; return its port and its folder."""
    line = proxy.line()
    assert line.startswith("https-proxy: listening on https://127.0.0.1:")
    folder = Path(f"/proc/{proxy.pid}/environ").read_bytes().split(b"PROXY_DIR=")[1]
    return port_of(line.strip()), Path(folder.split(b"\0")[0].decode())


class Slow(BaseHTTPRequestHandler):
    """Answers after a while; ``asked`` says that a request has come."""

    asked = threading.Event()

    def do_GET(self) -> None:
        self.asked.set()
        time.sleep(0.4)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"late\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_request_that_is_being_answered_is_finished_before_the_stop(
    start: Start,
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as application:
        threading.Thread(target=application.serve_forever, daemon=True).start()
        process = start(
            "https_proxy.py", UPSTREAM=f"127.0.0.1:{application.server_port}"
        )
        port, folder = serving(process)
        context = trusting((folder / "tls/cert.pem").read_text())
        answers: list[tuple[int, str]] = []
        visitor = threading.Thread(target=lambda: answers.append(ask(port, context)))
        visitor.start()
        assert Slow.asked.wait(LIMIT)
        status, output, errors = process.stop()
        visitor.join(LIMIT)
        application.shutdown()
    assert answers == [(200, "late\n")]
    assert status == 0, errors
    assert output.endswith("https-proxy: stopped\n")


def test_ctrl_c_is_no_failure_even_if_it_ends_nginx_first(start: Start) -> None:
    # A terminal sends it to both, and nginx may be the quicker to end.
    process = start("https_proxy.py")
    _, folder = serving(process)
    nginx = (folder / "nginx.pid").read_text().strip()
    os.kill(int(nginx), signal.SIGINT)
    # It is gone from the list when https_proxy.py has asked how it ended.
    until(lambda: not Path("/proc", nginx).exists())
    process.send_signal(signal.SIGINT)
    status, output, errors = process.outcome()
    assert (status, errors) == (0, "")
    assert output.endswith("https-proxy: stopped\n")


FIRST = (
    "error_page 497 = @plain;",
    "error_page 497 =308 https://$http_host$request_uri;",
)
SECOND = (
    'return 400 "this port speaks HTTPS: use https://\\n";',
    "return 308 https://$http_host$request_uri;",
)


@pytest.mark.parametrize(("old", "new"), [FIRST, SECOND], ids=["error", "location"])
def test_exercise_1_sends_plain_http_on(
    start: Start, tmp_path: Path, free_port: FreePort, old: str, new: str
) -> None:
    page = PODS.parents[1] / "docs" / "labs" / "https_termination.md"
    assert new in page.read_text()
    assert (SYSTEM / "nginx.conf.in").read_text().count(old) == 1
    folder = shutil.copytree(SYSTEM, tmp_path / "changed")
    settings = folder / "nginx.conf.in"
    settings.write_text(settings.read_text().replace(old, new))
    port, _ = serving(start(str(folder / "https_proxy.py")))
    talk = http.client.HTTPConnection("localhost", port, timeout=LIMIT)
    talk.request("GET", "/hello?a=b")
    answer = talk.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://localhost:{port}/hello?a=b"
    talk.close()


def test_clients_that_stall_do_not_hold_up_the_stop(start: Start) -> None:
    process = start("https_proxy.py")
    port, folder = serving(process)
    context = trusting((folder / "tls/cert.pem").read_text())
    with (
        socket.create_connection(("127.0.0.1", port)),  # says nothing at all
        socket.create_connection(("127.0.0.1", port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as slow,
    ):
        slow.sendall(b"GET /hello HTTP/1.1\r\nHost: local")
        status, output, errors = process.stop(within=1)
    assert status == 0, errors
    assert output.endswith("https-proxy: stopped\n")


def test_an_application_that_is_too_slow_does_not_hold_up_the_stop(
    start: Start,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        process = start("https_proxy.py", UPSTREAM=f"127.0.0.1:{mute.getsockname()[1]}")
        port, folder = serving(process)
        context = trusting((folder / "tls/cert.pem").read_text())

        def visit() -> None:
            # Nobody knows the answer, so there is none.
            with suppress(OSError, http.client.HTTPException):
                ask(port, context)

        visitor = threading.Thread(target=visit)
        visitor.start()
        with mute.accept()[0]:
            status, _, _ = process.stop(within=1)
            visitor.join(LIMIT)
    assert status == 0


def test_without_an_application_it_says_so_and_gets_well_by_itself(
    start: Start, get: Get, free_port: FreePort
) -> None:
    health, upstream = free_port(), free_port()
    process = start(
        "https_proxy.py", HEALTH_PORT=str(health), UPSTREAM=f"127.0.0.1:{upstream}"
    )
    port, folder = serving(process)
    context = trusting((folder / "tls/cert.pem").read_text())
    assert get(f"http://127.0.0.1:{health}/alive") == (200, "ok\n")
    for _ in range(3):
        assert ask(port, context) == (502, DOWN)
        assert get(f"http://127.0.0.1:{health}/healthz") == (503, DOWN)
    start("legacy.py", PORT=str(upstream)).url()
    assert ask(port, context)[0] == 200
    assert get(f"http://127.0.0.1:{health}/healthz") == (200, "ok\n")


def test_a_certificate_is_kept_until_it_is_about_to_end(start: Start) -> None:
    def one(days: str) -> str:
        process = start("https_proxy.py", CERT_DAYS=days)
        _, folder = serving(process)
        text = (folder / "tls/cert.pem").read_text()
        process.stop()
        return text

    # One that ends within a day is made anew at each start.
    short = one("1")
    long = one("30")
    assert long != short
    assert one("1") == long


def test_a_start_that_was_cut_off_is_made_good(start: Start, tmp_path: Path) -> None:
    # What is there when the program was killed while openssl worked.
    (tmp_path / "proxy/new").mkdir()
    (tmp_path / "proxy/new/key.pem").write_text("half a k")
    port, folder = serving(start("https_proxy.py"))
    context = trusting((folder / "tls/cert.pem").read_text())
    assert ask(port, context) == (502, DOWN)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PORT": "https"}, "PORT is 'https': set it to a port, 1 to 65535"),
        ({"PORT": "0"}, "PORT is '0'"),
        ({"HEALTH_PORT": "65536"}, "HEALTH_PORT is '65536'"),
        ({"PROXY_DIR": "/nowhere"}, "no folder at /nowhere: mount the volume"),
        ({"PROXY_DIR": "/proc"}, "cannot write to /proc"),
        ({"UPSTREAM": "a;b"}, "UPSTREAM is 'a;b': use letters"),
        ({"UPSTREAM": "127.0.0.1:x"}, "nginx failed: "),
        ({"HOST": "no.such.host.invalid"}, "cannot use no.such.host.invalid:"),
        ({"CLIENT_SECONDS": "soon"}, "CLIENT_SECONDS is 'soon': set it to a number"),
        ({"CERT_DAYS": "0"}, "openssl failed: "),
        ({"PATH": "/nowhere"}, "no program openssl: install it"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    start: Start, settings: dict[str, str], said: str
) -> None:
    error = start("https_proxy.py", **settings).refusal()
    assert error.startswith(f"https-proxy: {said}")


@pytest.mark.parametrize("variable", ["PORT", "HEALTH_PORT"])
def test_a_port_that_is_taken_is_named(
    start: Start, taken_port: str, variable: str
) -> None:
    process = start("https_proxy.py", **{variable: taken_port})
    assert process.refusal() == in_use("https-proxy", taken_port, variable)
