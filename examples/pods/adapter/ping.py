"""The probe of the container redis: ends with status 0 if Redis can work.

A kubelet cannot ask Redis over HTTP, nor from outside the pod at all, since it
listens on 127.0.0.1 alone. So it runs this inside the container.

Settings (environment variables): REDIS_PORT (6379).
"""

import sys

from resp import ask
from serve import fail, number


def main() -> int:
    """Send PING; return 0 if PONG comes within a second, else 1."""
    port = int(number("ping", "REDIS_PORT", 6379))
    if not 0 < port < 65536:
        fail("ping", f"REDIS_PORT is {port}: set it to a number up to 65535")
    try:
        answer = ask(port, "PING", 1)
    except OSError as error:
        answer = str(error.strerror or error)
    print(f"ping: {answer}", flush=True)
    return int(answer != "PONG")


if __name__ == "__main__":
    sys.exit(main())
