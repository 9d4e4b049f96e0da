"""The main container: counts visits, and can be told to work hard.

It knows nothing about who looks at its processes.

    counter.py --port 8090

Settings (environment variables): HOST.
"""

import itertools
import os
import re
import sys
import time

from serve import Handler, fail, serve

NAME = "counter"
LONGEST = 10.0
"""Seconds that one request may work."""


# [work]
def work(seconds: float) -> None:
    """Keep one processor busy for so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sum(range(1000))
    # [/work]


class CounterHandler(Handler):
    """Answers with the number of the visit."""

    visits = itertools.count(1)

    def page(self) -> tuple[int, bytes]:
        """Count a visit, or work: ``/work?seconds=2``."""
        path, _, query = self.path.partition("?")
        if path == "/":
            return 200, f"Visit {next(self.visits)}\n".encode()
        if path != "/work":
            return 404, b"count at /, work at /work?seconds=2\n"
        number = re.fullmatch(r"seconds=([0-9]{1,2}(?:\.[0-9]{1,3})?)", query)
        if number is None or float(number[1]) > LONGEST:
            return 400, f"seconds: a number up to {LONGEST:g}\n".encode()
        work(float(number[1]))
        return 200, f"Worked for {number[1]} s\n".encode()


def main() -> None:
    """Count until told to stop."""
    if len(sys.argv) != 3 or sys.argv[1] != "--port":
        fail(NAME, "no port named: start it with --port NUMBER")
    # On the command line, where a neighbor can tell it from others by it.
    os.environ["PORT"] = sys.argv[2]
    serve(NAME, CounterHandler, default_port=8090)


if __name__ == "__main__":
    main()
