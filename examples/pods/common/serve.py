"""What the programs of all systems share: settings, answers, a clean stop.

Nothing here is about sidecars. Read the programs of a system first.

In an image this file lies beside the programs, as it seems to in their folders:
there it is a link to this one.
"""

import os
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn


def say(name: str, text: str) -> None:
    """Print one line, ``name`` first."""
    print(f"{name}: {text}", flush=True)


def complain(name: str, problem: str) -> None:
    """Print one line on stderr, ``name`` first, and go on."""
    print(f"{name}: {problem}", file=sys.stderr, flush=True)


def fail(name: str, problem: str) -> NoReturn:
    """Print one line on stderr, ``name`` first, and exit with status 2."""
    complain(name, problem)
    sys.exit(2)


def setting(name: str, variable: str, default: str | None = None) -> str:
    """Return the environment ``variable``, or ``default`` where it is not set.

    Exits with status 2 if it is not set, or empty, and there is no default.
    """
    value = os.environ.get(variable, default)
    if not value and default is None:
        fail(name, f"{variable} is not set: set it")
    return value or ""


def number(name: str, variable: str, default: float) -> float:
    """Return the environment ``variable`` as a number of 0 or more.

    Exits with status 2 if it is none.
    """
    text = os.environ.get(variable, str(default))
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        fail(name, f"{variable} is {text!r}: set it to a number of 0 or more")
    return float(text)


def folder(name: str, variable: str, default: str) -> Path:
    """Return the folder that ``variable`` names, or ``default``.

    Exits with status 2 if the folder is missing. It is not made here: a folder
    that is missing means that the volume is not mounted where it should be.
    """
    place = Path(os.environ.get(variable, default))
    if not place.is_dir():
        fail(name, f"no folder at {place}: mount the volume or set {variable}")
    return place


def writable(name: str, variable: str, default: str) -> Path:
    """Return such a folder that may be written to, or fail.

    Better not to start than to fail after the first work.
    """
    place = folder(name, variable, default)
    try:
        (place / ".try").touch()
        (place / ".try").unlink()
    except OSError as error:
        problem = f"cannot write to {place} ({error.strerror})"
        fail(name, f"{problem}: set {variable} to a volume that it may use")
    return place


def log_file(name: str) -> Path:
    """Return the path of the access log in the folder that LOG_DIR names.

    Exits with status 2 if the folder is missing, as `folder` does.
    """
    return folder(name, "LOG_DIR", "/var/log/web") / "access.log"


class Handler(BaseHTTPRequestHandler):
    """Answers ``GET /healthz`` itself, and every other GET by ``page``."""

    timeout = 10  # seconds; a client that says nothing must not hold its thread
    content_type = "text/plain; charset=utf-8"

    def page(self) -> tuple[int, bytes]:
        """Return the HTTP status and the plain text to answer with."""
        raise NotImplementedError

    def health(self) -> tuple[int, bytes]:
        """Return the answer to a health check: this program is well."""
        return 200, b"ok\n"

    def do_GET(self) -> None:
        """Answer one GET request."""
        well = self.path == "/healthz"
        self.answer(*(self.health() if well else self.page()))

    def answer(self, status: int, body: bytes) -> None:
        """Send the HTTP status and the plain text."""
        self.send_response(status)
        self.send_header("Content-Type", self.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def received(self, limit: int) -> tuple[int, bytes]:
        """Return 200 and what the client sent with its request.

        If it is more than ``limit`` bytes, or not as long as announced, return
        the HTTP status and the text that refuse it.
        """
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,12}", length):
            return 411, b"say in Content-Length how many bytes you send\n"
        if int(length) > limit:
            # Read on for a while: who is still sending does not see the answer.
            left = min(int(length), 16 * limit)
            while left and (part := self.rfile.read(min(left, 65536))):
                left -= len(part)
            return 413, f"more than {limit} bytes are not taken\n".encode()
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return 400, b"less came than Content-Length says\n"
        return 200, body

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the access log is the record of the requests."""


class Server(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    # Callers that may wait for their turn. With the 5 of the standard library,
    # some of twenty that come at once have to try again a second later.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless it is that the client has left."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def listen(name: str, handler: type[Handler], default_port: int) -> Server:
    """Return a server that listens on HOST and PORT and does not answer yet.

    HOST is 127.0.0.1 unless the environment says otherwise; the image sets it
    to 0.0.0.0. PORT is ``default_port`` unless the environment says otherwise;
    0 takes any free port. Exits with status 2 if it cannot listen there.
    """
    host = os.environ.get("HOST", "127.0.0.1")
    setting = os.environ.get("PORT", str(default_port))
    if not re.fullmatch("[0-9]{1,5}", setting) or int(setting) > 65535:
        fail(name, f"PORT is {setting!r}: set it to a number from 0 to 65535")
    try:
        server = Server((host, int(setting)), handler)
    except OSError as error:
        problem = f"cannot use {host}:{setting} ({error.strerror})"
        fail(name, f"{problem}: set PORT or HOST")
    say(name, f"listening on http://{host}:{server.server_address[1]}/")
    return server


def stop_as_ctrl_c() -> None:
    """Let SIGTERM and Ctrl-C raise KeyboardInterrupt in the main thread, once.

    In a container this program is process 1, for which Linux has no default
    reaction to signals: without a handler, SIGTERM would do nothing, and the
    program would be killed after the grace period. Some senders say it twice,
    as ``timeout`` does; the second must not break into the stopping.
    """

    def stop(number: int, frame: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)


def stop_event() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set, for programs that loop.

    A thread sets it. The handler runs in the midst of the main thread, which
    may hold the event's lock at that moment, and would then wait for itself.
    """
    stop = threading.Event()
    asked: SimpleQueue[int] = SimpleQueue()

    def pass_on() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.put(number))
    return stop


def serve_beside(name: str, handler: type[Handler], default_port: int) -> None:
    """Answer requests in a thread, as `listen` says, beside the program."""
    server = listen(name, handler, default_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve(name: str, handler: type[Handler], default_port: int) -> None:
    """Answer requests, as `listen` says, until SIGTERM or Ctrl-C."""
    try:
        stop_as_ctrl_c()
        server = listen(name, handler, default_port)
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        say(name, "stopped")
