"""A question to Redis, in its own protocol (RESP, version 2)."""

import re
import socket
import time

LARGEST = 1 << 20  # bytes of an answer; one to INFO has some 5,000


# [resp]
def ask(port: int, command: str, limit: float) -> str:
    """Return what Redis answers; raise OSError within ``limit`` seconds if not.

    An answer begins with "$" and its length, "+" (a word) or "-" (an error).
    """
    deadline = time.monotonic() + limit
    with socket.create_connection(("127.0.0.1", port), limit) as redis:
        redis.sendall(f"*1\r\n${len(command)}\r\n{command}\r\n".encode())
        answer = b""
        while True:
            head, end, body = answer.partition(b"\r\n")
            text = head[1:].decode(errors="replace")
            if end and head[:1] == b"-":
                raise OSError(text)
            if end and head[:1] == b"+":
                return text
            length = re.fullmatch(rb"\$([0-9]{1,7})", head)
            if (end and not length) or len(answer) > LARGEST:
                raise OSError("it does not speak the protocol of Redis")
            if end and length and len(body) >= int(length[1]) + 2:
                return body[: int(length[1])].decode(errors="replace")
            # One limit for all parts; that of a socket begins anew with each.
            redis.settimeout(max(deadline - time.monotonic(), 0.001))
            part = redis.recv(65536)
            if not part:
                raise OSError("it ended in the middle of its answer")
            answer += part
            # [/resp]
