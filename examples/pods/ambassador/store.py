"""A backend: keeps values by key, in memory, and speaks HTTP.

Two of these stand in for stores on other machines. What one keeps is gone when
it ends.

Settings (environment variables): HOST, PORT (8095), NAME (store).
"""

import threading
from typing import ClassVar
from urllib.parse import quote, unquote_to_bytes

from serve import Handler, serve, setting

MAX_VALUE = 1 << 20  # bytes of one value
MAX_ALL = 16 << 20  # bytes of all keys and values; the container may use 64 Mi


class StoreHandler(Handler):
    """``GET`` and ``PUT /keys/KEY``; ``GET /`` lists the keys."""

    values: ClassVar[dict[bytes, bytes]] = {}
    lock = threading.Lock()
    size = 0

    def key(self) -> bytes | None:
        """Return the key in the path, any bytes at all; None if none."""
        if not self.path.startswith("/keys/"):
            return None
        quoted = self.path.removeprefix("/keys/")
        return unquote_to_bytes(quoted.encode("latin-1"))

    def page(self) -> tuple[int, bytes]:
        """Return a value, or the list of the keys, one to a line."""
        if self.path == "/":
            with self.lock:
                keys = sorted(self.values)
            return 200, "".join(f"{quote(key)}\n" for key in keys).encode()
        key = self.key()
        if key is None:
            return 404, b"keys are at /keys/\n"
        value = self.values.get(key)
        return (404, b"no such key\n") if value is None else (200, value)

    def do_PUT(self) -> None:
        """Keep what the client sends."""
        status, value = self.received(MAX_VALUE)
        self.answer(*(self.put(value) if status == 200 else (status, value)))

    def put(self, value: bytes) -> tuple[int, bytes]:
        """Keep ``value`` under the key that the path names."""
        key = self.key()
        if key is None:
            return 404, b"keys are at /keys/\n"
        with self.lock:
            old = self.values.get(key)
            before = 0 if old is None else len(key) + len(old)
            size = StoreHandler.size - before + len(key) + len(value)
            if size > MAX_ALL:
                return 507, b"the store is full\n"
            StoreHandler.size = size
            self.values[key] = value
        return 200, b"kept\n"


def main() -> None:
    """Keep values until told to stop."""
    serve(setting("store", "NAME", "store"), StoreHandler, default_port=8095)


if __name__ == "__main__":
    main()
