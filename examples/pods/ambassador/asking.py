"""How the ambassador asks a store: one answer, within one limit."""

import queue
import threading
from http.client import HTTPConnection, HTTPException

Answer = tuple[int, bytes]
"""HTTP status and body."""


# [ask]
def ask(
    host: str,
    method: str,
    path: str,
    value: bytes | None,
    limit: float,
) -> Answer:
    """Return the answer of a store, or raise OSError within ``limit`` seconds.

    The time-out of a socket begins anew with each byte, and that of a name
    look-up is not ours to set. So a thread asks, and we wait for it so long.
    """
    answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

    def work() -> None:
        connection = HTTPConnection(host, timeout=limit)
        try:
            connection.request(method, path, value)
            answer = connection.getresponse()
            answers.put((answer.status, answer.read()))
        except Exception as error:
            answers.put(error)
        finally:
            connection.close()

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=limit)
    except queue.Empty:
        answer = TimeoutError()
    if isinstance(answer, TimeoutError):
        raise OSError(f"no answer within {limit:g} s")
    if isinstance(answer, HTTPException):
        raise OSError("no proper answer")
    if isinstance(answer, Exception):
        raise OSError(getattr(answer, "strerror", None) or answer)
    return answer
    # [/ask]
