"""The main container: a catalog of items. It knows one address, STORE_URL.

Settings (environment variables): HOST, PORT (8093), STORE_URL
(http://localhost:8094).
"""

import re
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, unquote_to_bytes

from serve import Handler, fail, serve, setting

NAME = "catalog"
MAX_TEXT = 1 << 20  # bytes
PATIENCE = 3.0  # seconds; whoever answers us needs less, or says why not


class CatalogHandler(Handler):
    """``GET`` and ``PUT /items/NAME``; ``GET /list/NAME,NAME`` shows several.

    Its health check does not ask the store: that would not make it more true
    that *this* program is well, and the store's side has a check of its own.
    """

    store: str

    def page(self) -> tuple[int, bytes]:
        """Return what is known of one item, or of several."""
        if self.path.startswith("/items/"):
            return self.ask("GET", self.rest("/items/"))
        if self.path.startswith("/list/"):
            names = self.rest("/list/").split(b",")[:20]
            return 200, b"".join(
                b"%s: %s\n" % (name, self.ask("GET", name)[1].rstrip())
                for name in names
            )
        return 404, b"items are at /items/NAME\n"

    def do_PUT(self) -> None:
        """Keep what the client says of an item."""
        status, text = self.received(MAX_TEXT)
        if not self.path.startswith("/items/"):
            status, text = 404, b"items are at /items/NAME\n"
        elif status == 200:
            status, text = self.ask("PUT", self.rest("/items/"), text)
        self.answer(status, text)

    def rest(self, start: str) -> bytes:
        """Return what follows ``start`` in the path, decoded."""
        quoted = self.path.removeprefix(start).encode("latin-1")
        return unquote_to_bytes(quoted)

    # [ask]
    def ask(
        self, method: str, name: bytes, text: bytes | None = None
    ) -> tuple[int, bytes]:
        """Return the answer of the store, or 503 if there is none."""
        connection = HTTPConnection(self.store, timeout=PATIENCE)
        try:
            connection.request(method, "/keys/" + quote(name, safe=""), text)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException, ValueError, OverflowError):
            return 503, f"no answer from http://{self.store}\n".encode()
        finally:
            connection.close()
            # [/ask]


def main() -> None:
    """Run the catalog until it is told to stop."""
    url = setting(NAME, "STORE_URL", "http://localhost:8094")
    if not re.fullmatch(r"http://[\w.-]+:\d+", url):
        fail(NAME, f"STORE_URL is {url!r}: set it to http://HOST:PORT")
    CatalogHandler.store = url.removeprefix("http://")
    serve(NAME, CatalogHandler, default_port=8093)


if __name__ == "__main__":
    main()
