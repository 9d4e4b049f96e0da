"""The sidecar: brings new configurations to a program that only knows files.

PUT or POST one to /config. It is checked, written in one step, and announced to
the program by SIGHUP; the answer says whether the program took it. That address
stands in for a configuration service, which a real manager would watch.

Settings (environment variables): HOST, PORT (8089), CONFIG (the file's path),
FIRST (the configuration to begin with), SHOP (where the program says what it
runs with), WAIT (5 seconds for it to do so).
"""

import os
from pathlib import Path

from contract import LIMIT, check
from delivery import Delivery, write
from neighbor import hang_up
from serve import Handler, complain, fail, number, say, serve, setting

NAME = "config-manager"


class ManagerHandler(Handler):
    """Takes configurations at /config, and shows the present one there."""

    delivery: Delivery

    # [change]
    def do_PUT(self) -> None:
        """Hand over what was sent, and answer with what came of it."""
        if self.path != "/config":
            self.answer(404, b"PUT or POST to /config\n")
            return
        status, data = self.received(LIMIT)
        if status != 200:
            self.answer(status, b"refused: " + data)
            return
        status, text = self.delivery.apply(data)
        say(NAME, text.partition(";")[0])
        self.answer(status, f"{text}\n".encode())

    do_POST = do_PUT
    # [/change]

    def page(self) -> tuple[int, bytes]:
        """Return the file as it is."""
        path = self.delivery.path
        if self.path != "/config":
            return 404, b"GET, PUT or POST /config\n"
        try:
            return 200, path.read_bytes()
        except OSError as error:
            return 500, f"cannot read {path} ({error.strerror})\n".encode()

    def health(self) -> tuple[int, bytes]:
        """Return 503 if the file cannot be replaced."""
        place = self.delivery.path.parent
        if os.access(place, os.W_OK):
            return 200, b"ok\n"
        return 503, f"cannot write to {place}\n".encode()


def begin(path: Path) -> None:
    """Make sure that there is a file, that it can be replaced and is in use.

    Exits with status 2 if there is none, and FIRST does not make one.
    """
    if not Path("/proc/self/status").exists():
        fail(NAME, "no /proc on this system: run it on Linux")
    if not path.parent.is_dir():
        advice = "mount the volume or set CONFIG"
        fail(NAME, f"no folder at {path.parent}: {advice}")
    try:
        data = path.read_bytes() if path.exists() else b""
        if not data:
            data = setting(NAME, "FIRST").encode() + b"\n"
            check(data)
        write(path, data)
    except ValueError as error:
        fail(NAME, f"FIRST is no configuration ({error}): set it to a good one")
    except OSError as error:
        fail(NAME, f"cannot write {path} ({error.strerror}): mount it writable")
    try:
        # A predecessor may have been killed between writing and signaling.
        hang_up(path)
    except PermissionError:
        complain(NAME, "shop may not be signaled: run both as the same user")


def main() -> None:
    """Begin with what there is, then take changes until told to stop."""
    path = Path(setting(NAME, "CONFIG"))
    shop = setting(NAME, "SHOP", "http://127.0.0.1:8088/version")
    ManagerHandler.delivery = Delivery(path, shop, number(NAME, "WAIT", 5))
    begin(path)
    serve(NAME, ManagerHandler, default_port=8089)


if __name__ == "__main__":
    main()
