"""The sidecar container: serves the access log that web.py writes, over HTTP.

It only reads. All it shares with the application is the folder of the log.

Settings (environment variables): HOST, PORT (8081), LOG_DIR (/var/log/web).
"""

from collections import deque
from pathlib import Path

from serve import Handler, log_file, serve

NAME = "log-server"
LAST_LINES = 100


# [read]
def read_last_lines(log: Path) -> tuple[int, bytes]:
    """Return the HTTP status and the text to answer with."""
    try:
        with log.open("rb") as file:
            lines = deque(file, maxlen=LAST_LINES)
    except FileNotFoundError:
        return 404, f"no log yet at {log}\n".encode()
    except OSError as error:
        return 500, f"cannot read {log} ({error.strerror})\n".encode()
    return 200, b"".join(lines) or f"no requests yet in {log}\n".encode()
    # [/read]


class LogHandler(Handler):
    """Answers ``GET /`` with the last lines of the log."""

    log: Path

    def page(self) -> tuple[int, bytes]:
        """Return the end of the log, read anew for each request."""
        if self.path != "/":
            return 404, b"the log is at /\n"
        return read_last_lines(self.log)


def main() -> None:
    """Serve the log until told to stop; the log itself may appear later."""
    LogHandler.log = log_file(NAME)
    serve(NAME, LogHandler, default_port=8081)


if __name__ == "__main__":
    main()
