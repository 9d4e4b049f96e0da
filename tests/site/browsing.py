"""A web server for the built handbook, on this machine alone, as a host serves it.

It sends compressed files and a strict Content-Security-Policy: what breaks under that
policy breaks in the tests.
"""

import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from playwright.sync_api import Page
from sources import DOCS, pages

OpenPage = Callable[..., Page]
"""What the fixture ``open_page`` gives: see tests/browser/conftest.py."""

Visit = Callable[..., Page]
"""What the fixture ``visit`` gives: see tests/browser/conftest.py."""

WIDTHS = (360, 768, 1440)
"""A phone, a tablet and a desk, in CSS pixels."""

NAMES = [
    *(path.relative_to(DOCS).with_suffix(".html").as_posix() for path in pages()),
    "genindex.html",
    "search.html",
]
"""Every page of the site."""

POLICY = "; ".join(
    [
        "default-src 'self'",
        # Compiled WebAssembly: the search and "try it". No script of a page's own.
        "script-src 'self' 'wasm-unsafe-eval'",
        # Attributes such as those of the drawings; a style cannot run anything.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


def eventually(page: Page, condition: str) -> None:
    """Wait until the JavaScript *condition* holds on *page*.

    Playwright's own wait_for_function evaluates a string, which the policy forbids.
    Raises AssertionError after twenty seconds.
    """
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def settled(page: Page) -> None:
    """Wait until the script has looked at each frame: it does so before a painting."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame("
        "() => requestAnimationFrame(() => setTimeout(done))))"
    )


COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt"}


class Handler(SimpleHTTPRequestHandler):
    """Serves files compressed, with the policy, and the site's own page for 404."""

    protocol_version = "HTTP/1.1"
    policy = POLICY
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
    }

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the headers; return what to send after them."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        status = 200 if path.is_file() else 404
        if status == 404:
            path = Path(self.directory) / "404.html"
        content = path.read_bytes() if path.is_file() else b"not found\n"
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in COMPRESSED:
            content = gzip.compress(content, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        return BytesIO(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class LooseHandler(Handler):
    """Serves a site of others, whose pages have scripts of their own."""

    policy = ""


class Server(ThreadingHTTPServer):
    """Says nothing of a browser that leaves before it has everything."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a broken connection; report all else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def served(folder: Path, *, strict: bool = True) -> Iterator[str]:
    """Serve *folder* on a free port; give the address of its first page.

    With *strict* off it is sent without our policy, as the site of others has none.
    """
    kind = Handler if strict else LooseHandler
    handler = partial(kind, directory=str(folder))
    server = Server(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
