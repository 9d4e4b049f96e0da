"""The sidecar: delivers each line of the log to a store, at least once.

It sends a batch of lines, waits until the store has it, saves the position
behind it, and only then reads on. So it needs no more memory while the store
is away, and after a crash it sends no more than one batch again.

Settings (environment variables): HOST, PORT (8082), LOG_DIR (/var/log/web),
STATE_DIR (/var/lib/log-saver), STORE_URL (http://127.0.0.1:8083/lines).
"""

import socket
import threading

from logs import files
from position import load
from saver import Saver
from serve import (
    Handler,
    complain,
    fail,
    folder,
    log_file,
    say,
    serve_beside,
    setting,
    stop_event,
)

NAME = "log-saver"
STOP = 0.6  # seconds after which it ends, though it waits for the store


class SaverHandler(Handler):
    """Answers for the sidecar: whether it can deliver, and what it did."""

    saver: Saver

    def health(self) -> tuple[int, bytes]:
        """Return 503 and the reason if a line could not be delivered now."""
        saver = self.saver
        if saver.trouble:
            return 503, f"{saver.trouble}\n".encode()
        try:
            socket.create_connection((saver.host, saver.port), 1).close()
        except OSError as error:
            reason = error.strerror or error
            return 503, f"cannot reach {saver.store} ({reason})\n".encode()
        if not saver.log.exists():
            return 200, f"ok, but no log yet at {saver.log}\n".encode()
        return 200, b"ok\n"

    def page(self) -> tuple[int, bytes]:
        """Return the metrics, or say where they are."""
        if self.path == "/":
            return 200, b"see /healthz and /metrics\n"
        if self.path != "/metrics":
            return 404, b"see /healthz and /metrics\n"
        place, numbers = self.saver.position, dict(self.saver.counts)
        there = sum(file.size for file in files(self.saver.log, place.done))
        numbers["behind_bytes"] = max(0, there - place.offset)
        lines = [f"log_saver_{name} {n}\n" for name, n in numbers.items()]
        return 200, "".join(lines).encode()


def main() -> None:
    """Follow the log until told to stop."""
    log = log_file(NAME)
    state = folder(NAME, "STATE_DIR", "/var/lib/log-saver") / "position.json"
    store = setting(NAME, "STORE_URL", "http://127.0.0.1:8083/lines")
    try:
        saver = Saver(NAME, log, state, store)
    except ValueError as error:
        fail(NAME, str(error))
    try:
        saver.position = load(state)
    except (OSError, ValueError) as error:
        # Twice is better than never: begin with the oldest line there is.
        complain(NAME, f"{error}: delivering everything again")
    try:
        saver.remember()
    except OSError as error:
        problem = f"cannot write {state} ({error.strerror})"
        fail(NAME, f"{problem}: set STATE_DIR to a folder you may write to")
    stop = stop_event()
    SaverHandler.saver = saver
    serve_beside(NAME, SaverHandler, default_port=8082)
    # A thread, which may be left behind while it waits for the store.
    worker = threading.Thread(target=saver.run, args=(stop,), daemon=True)
    worker.start()
    while worker.is_alive() and not stop.is_set():
        stop.wait(1)
    worker.join(STOP)
    if not stop.is_set():
        fail(NAME, "ended by a mistake of its own, see above")
    say(NAME, "stopped")


if __name__ == "__main__":
    main()
