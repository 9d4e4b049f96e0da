"""What web.py and log_server.py share: settings, answers, a clean stop.

Nothing here is about sidecars. Read web.py and log_server.py first.
"""

import os
import re
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn


def fail(name: str, problem: str) -> NoReturn:
    """Print one line on stderr, ``name`` first, and exit with status 2."""
    print(f"{name}: {problem}", file=sys.stderr, flush=True)
    sys.exit(2)


def log_file(name: str) -> Path:
    """Return the path of the access log in the folder that LOG_DIR names.

    Exits with status 2 if the folder is missing. It is not made here: a folder
    that is missing means that the volume is not mounted where LOG_DIR says.
    """
    folder = Path(os.environ.get("LOG_DIR", "/var/log/web"))
    if not folder.is_dir():
        fail(name, f"no folder at {folder}: mount the volume or set LOG_DIR")
    return folder / "access.log"


class Handler(BaseHTTPRequestHandler):
    """Answers ``GET /healthz`` itself, and every other GET by ``page``."""

    timeout = 10  # seconds; a client that says nothing must not hold its thread

    def page(self) -> tuple[int, bytes]:
        """Return the HTTP status and the plain text to answer with."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer one GET request."""
        if self.path == "/healthz":
            status, body = 200, b"ok\n"
        else:
            status, body = self.page()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the access log is the record of the requests."""


def serve(name: str, handler: type[Handler], default_port: int) -> None:
    """Listen on HOST and PORT until SIGTERM or Ctrl-C, then return.

    HOST is 127.0.0.1 unless the environment says otherwise; the image sets it
    to 0.0.0.0. PORT is ``default_port`` unless the environment says otherwise;
    0 takes any free port. Exits with status 2 if it cannot listen there.
    """
    host = os.environ.get("HOST", "127.0.0.1")
    setting = os.environ.get("PORT", str(default_port))
    if not re.fullmatch("[0-9]{1,5}", setting) or int(setting) > 65535:
        fail(name, f"PORT is {setting!r}: set it to a number from 0 to 65535")
    try:
        server = ThreadingHTTPServer((host, int(setting)), handler)
    except OSError as error:
        problem = f"cannot use {host}:{setting} ({error.strerror})"
        fail(name, f"{problem}: set PORT or HOST")
    try:
        # In a container this program is process 1, for which Linux has no
        # default reaction to signals: without a handler, SIGTERM would do
        # nothing, and the program would be killed after the grace period.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        where = f"http://{host}:{server.server_address[1]}/"
        print(f"{name}: listening on {where}", flush=True)
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()
    print(f"{name}: stopped", flush=True)
