"""One program of a system by itself, and stand-ins for those that it talks to.

A test file makes its fixture `start` with `starter`. What else it needs of a program
it asks the `Program`: where it listens, how it stops, with which words it refuses.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

LIMIT = 20.0
"""Seconds: far more than any step takes; only a fault waits so long."""

Get = Callable[[str], tuple[int, str]]
"""The fixture `get`."""
FreePort = Callable[[], int]
"""The fixture `free_port`."""
Outcome = tuple[int, str, str]
"""Exit status, what stood on stdout, and what on stderr."""


class Program(subprocess.Popen[bytes]):
    """A program that was started without a buffer, so that no output is lost."""

    def line(self) -> str:
        """Return the next line that it prints; "" if it ends before, or hangs."""
        assert self.stdout is not None
        guard = threading.Timer(LIMIT, self.kill)
        guard.start()
        try:
            return self.stdout.readline().decode()
        finally:
            guard.cancel()

    def url(self) -> str:
        """Return the address at which it listens, as its next line says."""
        line = self.line()
        words = r"[a-z-]+: listening on (https?://127\.0\.0\.1:\d+/)\n"
        found = re.fullmatch(words, line)
        assert found, f"not a listening line: {line!r}"
        return found[1]

    def port(self) -> int:
        """Return the port of that address."""
        return port_of(self.url())

    def outcome(self, within: float = LIMIT) -> Outcome:
        """Wait until it ends, and return how; fail if *within* seconds it does not."""
        output, errors = self.communicate(timeout=within)
        return self.returncode, output.decode(), errors.decode()

    def stop(
        self, number: signal.Signals = signal.SIGTERM, within: float = LIMIT
    ) -> Outcome:
        """Ask it to stop, and return what `outcome` does."""
        self.send_signal(number)
        return self.outcome(within)

    def refusal(self) -> str:
        """Return the one line with which it refuses to start: on stderr, status 2."""
        status, output, errors = self.outcome()
        assert (status, output) == (2, ""), errors
        assert errors.endswith("\n") and len(errors.splitlines()) == 1, errors
        return errors

    def end(self) -> None:
        """End it if it still runs; fail if it has to be killed for that."""
        with self:
            self.terminate()
            try:
                self.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


def port_of(url: str) -> int:
    """Return the port that stands at the end of an address."""
    return int(url.rstrip("/").rpartition(":")[2])


def in_use(name: str, port: str, variable: str = "PORT") -> str:
    """Return the line that refuses a port of 127.0.0.1 where somebody listens."""
    problem = f"cannot use 127.0.0.1:{port} (Address already in use)"
    return f"{name}: {problem}: set {variable} or HOST\n"


Start = Callable[..., Program]


@contextmanager
def starter(folder: Path, **usual: str) -> Iterator[Start]:
    """Give what starts Python programs in *folder*; at the end all are ended.

    ``start("web.py", "--quick", PORT="0")``. Of the environment a program gets the
    search path, the *usual* settings and its own. The child process calls *prepare*
    before the program.
    """
    clean = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    with ExitStack() as running:

        def start(
            *words: str, prepare: Callable[[], None] | None = None, **settings: str
        ) -> Program:
            program = Program(
                [sys.executable, *words],
                bufsize=0,
                cwd=folder,
                env=clean | usual | settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=prepare,
            )
            running.callback(program.end)
            return program

        yield start


def ask(
    port: int, path: str, value: bytes | None = None, limit: float = LIMIT
) -> tuple[int, bytes]:
    """Return status and body of a GET, or of a PUT if there is a value."""
    connection = HTTPConnection("127.0.0.1", port, timeout=limit)
    try:
        connection.request("GET" if value is None else "PUT", path, value)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def speak(port: int, words: bytes) -> bytes:
    """Send bytes, end the sending, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as client:
        client.sendall(words)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while part := client.recv(65536):
            answer += part
    return answer


Treat = bytes | Callable[[socket.socket], None]
"""An answer, or what else is done with a caller."""


class Fake:
    """Listens in the place of a server and treats each caller as *treat* says."""

    def __init__(self, treat: Treat) -> None:
        self.treat = treat
        self.asked: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = str(self.server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(caller,), daemon=True).start()

    def _one(self, caller: socket.socket) -> None:
        with caller:
            try:
                self.asked.append(caller.recv(65536))
                if isinstance(self.treat, bytes):
                    caller.sendall(self.treat)
                else:
                    self.treat(caller)
            except OSError:
                pass

    def __enter__(self) -> "Fake":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()


def dripping(answer: bytes) -> Treat:
    """Return how to send a byte now and then: no wait for one of them is ever long."""

    def drip(caller: socket.socket) -> None:
        for byte in answer:
            caller.sendall(bytes([byte]))
            time.sleep(0.05)

    return drip
