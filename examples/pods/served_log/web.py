"""The main container: a web application that logs each request to a file.

It knows nothing about the sidecar that serves the log.

Settings (environment variables): HOST, PORT (8080), LOG_DIR (/var/log/web).
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from string import punctuation
from urllib.parse import quote

from serve import Handler, fail, log_file, serve

NAME = "web"


# [write]
def write_line(log: Path, method: str, path: str, status: int) -> None:
    """Append one line to the access log: time, method, path, status.

    One unbuffered write in append mode: lines of requests that are answered at
    the same time do not mix, and a reader never has to wait for a line.
    """
    time = datetime.now(UTC).isoformat(timespec="seconds")
    # Quoted, as control characters in it would garble the reader's screen.
    line = f"{time} {method} {quote(path, safe=punctuation)} {status}\n"
    with log.open("ab", buffering=0) as file:
        file.write(line.encode())
    # [/write]


class WebHandler(Handler):
    """Greets every visitor. Requests for /healthz are not logged."""

    log: Path

    def page(self) -> tuple[int, bytes]:
        """Log the request, then return the greeting."""
        try:
            write_line(self.log, self.command, self.path, 200)
        except OSError as error:
            # A visitor still gets the page when, say, the volume is full.
            problem = f"cannot write to {self.log} ({error.strerror})"
            print(f"{NAME}: {problem}", file=sys.stderr, flush=True)
        return 200, f"Hello! You asked for {self.path}\n".encode()


def main() -> None:
    """Run the web application until it is told to stop."""
    WebHandler.log = log_file(NAME)
    try:
        # Try now: better not to start than to serve without a log.
        WebHandler.log.open("ab").close()
    except OSError as error:
        fail(
            NAME,
            f"cannot write to {WebHandler.log} ({error.strerror}): "
            "set LOG_DIR to a folder in a volume that this user may write to",
        )
    serve(NAME, WebHandler, default_port=8080)


if __name__ == "__main__":
    main()
