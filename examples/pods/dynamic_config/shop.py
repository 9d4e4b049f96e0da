"""The main container: a shop that takes its settings from a file.

It rereads the file on SIGHUP, as servers have done for decades. It does not
know who writes the file.

    shop.py --config FILE

Settings (environment variables): HOST, PORT (8088).
"""

import json
import os
import signal
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from contract import check, digest
from serve import Handler, complain, fail, say, serve

NAME = "shop"
CURRENCIES = ("EUR", "JPY", "USD")


@dataclass(frozen=True)
class State:
    """What the shop runs with; replaced as a whole, never changed."""

    config: dict[str, Any] | None = None
    running: str = ""
    refused: str = ""
    why: str = ""


class Shop:
    """The shop's state and the file that it comes from."""

    def __init__(self, path: Path) -> None:
        """Remember the path; read nothing yet."""
        self.path = path
        self.state = State()

    # [reread]
    def reread(self) -> None:
        """Take what the file says; keep what there is if the file is unfit."""
        name = ""
        try:
            data = self.path.read_bytes()
            name = digest(data)
            config = check(data)
            if config["currency"] not in CURRENCIES:
                raise ValueError(f"no such currency: {config['currency'][:9]}")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            then = "the old one stays" if self.state.config else "need SIGHUP"
            complain(NAME, f"{self.path.name} ({why}): {then}")
            self.state = replace(self.state, refused=name, why=str(why))
        else:
            # One assignment: a request sees the old one or the new one.
            self.state = State(config, running=name)
            say(NAME, f"runs with configuration {name}")
        # [/reread]


class ShopHandler(Handler):
    """Answers with the banner and the price of the configuration."""

    shop: Shop

    def page(self) -> tuple[int, bytes]:
        """Return the shop's only page, or at /version what it runs with."""
        state = self.shop.state
        if self.path == "/version":
            known = {"pid": os.getpid(), "running": state.running}
            known |= {"refused": state.refused, "why": state.why}
            return 200, json.dumps(known).encode() + b"\n"
        if state.config is None:
            return self.health()
        text = "{banner} One ticket: {price} {currency}\n"
        return 200, text.format_map(state.config).encode()

    def health(self) -> tuple[int, bytes]:
        """Return 503 until there is a configuration to work with."""
        state = self.shop.state
        if state.config is None:
            return 503, f"no usable configuration: {state.why}\n".encode()
        return 200, b"ok\n"


def main() -> None:
    """Run the shop until it is told to stop."""
    if len(sys.argv) != 3 or sys.argv[1] != "--config":
        fail(NAME, "no configuration named: start it with --config FILE")
    shop = ShopHandler.shop = Shop(Path(sys.argv[2]))
    if not shop.path.parent.is_dir():
        advice = "mount the volume or change --config"
        fail(NAME, f"no folder at {shop.path.parent}: {advice}")

    # [sighup]
    # A queue, as a signal may come while its predecessor is being handled.
    hangups: SimpleQueue[int] = SimpleQueue()
    signal.signal(signal.SIGHUP, lambda number, frame: hangups.put(number))

    def keep_up() -> None:
        while hangups.get():
            shop.reread()

    # [/sighup]
    # After this point no change is missed: it is read now, or with a signal.
    shop.reread()
    threading.Thread(target=keep_up, daemon=True).start()
    serve(NAME, ShopHandler, default_port=8088)


if __name__ == "__main__":
    main()
