"""Hands a configuration to a program that rereads its file on SIGHUP."""

import json
import os
import threading
import time
import urllib.request
from pathlib import Path

from contract import check, digest
from neighbor import hang_up


# [write]
def write(path: Path, data: bytes) -> None:
    """Replace the file in one step: readers see the old or the new one."""
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)  # it is still there if something failed
    # [/write]


class Delivery:
    """Hands configurations over, one at a time."""

    def __init__(self, path: Path, shop: str, wait: float) -> None:
        """Keep the file, the program's address, and the seconds to wait."""
        self.path, self.shop, self.wait = path, shop, wait
        self.turn = threading.Lock()

    def apply(self, data: bytes) -> tuple[int, str]:
        """Hand one over; return the HTTP status and what happened, in words."""
        try:
            check(data)
        except ValueError as error:
            return 422, f"refused: {error}; the old one stays"
        if not self.turn.acquire(timeout=2 * self.wait + 1):
            return 503, "another change is under way: try again"
        try:
            old = self.path.read_bytes()
            write(self.path, data)
            status, text = self.announce(digest(data))
            if status == 422:
                write(self.path, old)
                hang_up(self.path)
            return status, text
        except OSError as error:
            return 507, f"cannot write {self.path} ({error.strerror})"
        finally:
            self.turn.release()

    # [announce]
    def announce(self, name: str) -> tuple[int, str]:
        """Signal the program; wait until it runs with ``name`` or refuses."""
        reached: list[int] = []
        deadline = time.monotonic() + self.wait
        # Process 1 is alone in its process namespace: nobody will turn up.
        while time.monotonic() < deadline and (reached or os.getpid() != 1):
            try:
                reached = reached or hang_up(self.path)
            except PermissionError:
                advice = "run both containers as the same user"
                return 503, f"written, but shop may not be signaled: {advice}"
            known = self.ask() if reached else {}
            if known.get("running") == name:
                return 200, f"applied: process {known['pid']} runs with {name}"
            if known.get("refused") == name:
                why = f"refused by shop: {known['why']}"
                return 422, f"{why}; the old one stays"
            time.sleep(0.02)
        if reached:
            return 504, f"written, but process {reached[0]} does not confirm it"
        return 503, (
            f"written, but no process with --config {self.path} is in sight: "
            "does it run, and is shareProcessNamespace: true?"
        )
        # [/announce]

    def ask(self) -> dict[str, object]:
        """Return what the program says it runs with; empty if it is silent."""
        try:
            with urllib.request.urlopen(self.shop, timeout=1) as answer:
                known = json.load(answer)
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}
