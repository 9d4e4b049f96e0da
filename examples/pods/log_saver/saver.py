"""Deliver batches of lines over HTTP, and remember how far that has come."""

import math
import random
import re
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from follow import Batch, Follower
from position import Position, save
from serve import complain

POLL = 0.1
"""Seconds between two looks at a log that does not grow."""
FIRST_WAIT, LAST_WAIT = 0.1, 2.0
"""Seconds before a step that failed is tried again: twice as long each time."""
TIMEOUT = 5.0
"""Seconds that the store may take to answer."""
DRAIN = 0.5
"""Seconds to go on for when told to stop, if there are lines to deliver."""
COUNTS = ("lines_total", "batches_total", "failures_total")


class Saver:
    """Delivers batches in their order, and remembers how far it has come."""

    def __init__(self, name: str, log: Path, state: Path, store: str) -> None:
        """Bring ``log`` to the URL ``store``; keep the position in ``state``.

        Raises ValueError if ``store`` has not the form http://HOST:PORT/PATH.
        """
        form = re.fullmatch(r"http://([\w.-]+):(\d{1,5})(/[!-~]*)", store)
        if form is None:
            problem = "set it to http://HOST:PORT/PATH"
            raise ValueError(f"STORE_URL is {store!r}: {problem}")
        self.host, self.port, self.path = form[1], int(form[2]), form[3]
        self.name, self.log, self.state, self.store = name, log, state, store
        self.follower = Follower(log)
        self.position, self.saved = Position(), False
        self.trouble = ""
        self.counts = dict.fromkeys(COUNTS, 0)

    # [step]
    def step(self) -> bool:
        """Deliver one batch; return whether there was one to deliver.

        Raises OSError, and may then be called again.
        """
        self.remember()
        batch = self.follower.read(self.position)
        if batch is None:
            return False
        if batch.lines:
            self.deliver(batch)
        self.position, self.saved = batch.end, False
        self.remember()
        return True

    def remember(self) -> None:
        """Save the position, unless that is done; raise OSError if not."""
        if not self.saved:
            save(self.position, self.state)
            self.saved = True
        # [/step]

    # [deliver]
    def deliver(self, batch: Batch) -> None:
        """Send one batch, and return when the store has it."""
        start = batch.start
        target = f"{self.path}?file={start.file}&offset={start.offset}"
        store = HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            store.request("POST", target, batch.lines)
            answer = store.getresponse()
            if answer.status != 200:
                raise OSError(f"it answered {answer.status} {answer.reason}")
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or error
            problem = f"cannot deliver to {self.store} ({reason})"
            raise OSError(problem) from error
        finally:
            store.close()
        self.counts["batches_total"] += 1
        self.counts["lines_total"] += batch.lines.count(b"\n")
        # [/deliver]

    def run(self, stop: threading.Event) -> None:
        """Do step after step; one that fails, again, after a wait.

        When told to stop, bring what is there, for DRAIN seconds at most.
        """
        wait, end = FIRST_WAIT, math.inf
        while time.monotonic() < end:
            if stop.is_set():
                end = min(end, time.monotonic() + DRAIN)
            try:
                moved, pause = self.step(), POLL
            except OSError as error:
                self.counts["failures_total"] += 1
                self.report(str(error))
                # Not all helpers at once, when the store comes back.
                moved, pause = False, wait * random.uniform(0.5, 1)
                wait = min(2 * wait, LAST_WAIT)
            else:
                self.report("")
                wait = FIRST_WAIT
            if not moved and end < math.inf:
                return
            if not moved:
                stop.wait(pause)

    def report(self, trouble: str) -> None:
        """Say what is wrong, once, and say when it is over."""
        if trouble != self.trouble:
            complain(self.name, trouble or "all is well again")
        self.trouble = trouble
