"""The adapter container: shows Redis to the world with the face of any store.

Prometheus asks over HTTP, for text of one form. Redis speaks a protocol of its
own and counts in words of its own. This program asks Redis for each visitor
anew and translates. A Redis that is away is an answer too: ``redis_up 0``. So
the adapter is well, and its health check says so, whatever Redis does.

Settings (environment variables): HOST, PORT (9121), REDIS_PORT (6379) on
127.0.0.1, TIMEOUT (1) in seconds for one answer of Redis.
"""

import re
import threading
import time

from face import Values, expose, labels
from resp import ask
from serve import Handler, complain, fail, number, say, serve, setting

NAME = "adapter"
STARTED = time.time()

# [redis]
FROM_REDIS = {
    "memory_used_bytes": "used_memory",
    "memory_limit_bytes": "maxmemory",
    "connections": "connected_clients",
    "commands_total": "total_commands_processed",
    "hits_total": "keyspace_hits",
    "misses_total": "keyspace_misses",
    "evictions_total": "evicted_keys",
}
"""The words of Redis for what FACE shows."""
FROM_REDIS_CPU = (("user", "used_cpu_user"), ("system", "used_cpu_sys"))


def translate(info: str) -> Values:
    """Return the values in the answer of Redis to INFO; what is no number, not.

    Raises OSError if it is not such an answer at all.
    """
    said = dict(re.findall(r"^(\w+):(.*?)\r?$", info, re.M))
    if "redis_version" not in said:
        raise OSError("its answer to INFO says no version")
    known = {
        field: float(text)
        for field, text in said.items()
        if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", text)
    }
    values: dict[str, dict[str, float]] = {}
    for name, field in FROM_REDIS.items():
        if field in known:
            values[name] = {"": known[field]}
    which = {"version": said["redis_version"], "role": said.get("role", "")}
    values |= {"up": {"": 1}, "info": {labels(**which): 1}}
    values["cpu_seconds_total"] = {
        labels(mode=mode): known[field]
        for mode, field in FROM_REDIS_CPU
        if field in known
    }
    # An empty database is not in the answer; the first is always there.
    values["keys"] = {labels(db="0"): 0.0} | {
        labels(db=db): float(count)
        for db, count in re.findall(r"^db(\d+):keys=(\d{1,20})", info, re.M)
    }
    if {"server_time_usec", "uptime_in_seconds"} <= known.keys():
        now = known["server_time_usec"] // 1_000_000  # to seconds
        start = now - known["uptime_in_seconds"]
        values["start_time_seconds"] = {"": start}
    return values
    # [/redis]


class AdapterHandler(Handler):
    """Answers ``GET /metrics`` with the values of this moment."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"
    redis: int
    limit: float
    lock = threading.Lock()
    trouble = ""

    # [metrics]
    def page(self) -> tuple[int, bytes]:
        """Return the metrics; never an error because Redis has one."""
        if self.path.partition("?")[0] != "/metrics":
            return 404, b"# the metrics are at /metrics\n"
        try:
            values = translate(ask(self.redis, "INFO", self.limit))
            trouble = ""
        except OSError as error:
            values = {"up": {"": 0}}
            trouble = str(error.strerror or error) or "an error, no word why"
            if isinstance(error, TimeoutError):
                trouble = f"no answer within {self.limit:g} s"
            trouble = "".join(c if c.isprintable() else "?" for c in trouble)
        self.report(trouble)
        text = f"# redis_error: {trouble[:200]}\n" if trouble else ""
        text += expose("redis", values)
        text += expose("process", {"start_time_seconds": {"": STARTED}})
        return 200, text.encode()
        # [/metrics]

    def report(self, trouble: str) -> None:
        """Print a line when Redis goes or returns, not for every visitor."""
        with self.lock:
            if trouble == AdapterHandler.trouble:
                return
            AdapterHandler.trouble = trouble
            if trouble:
                complain(NAME, f"redis: {trouble[:200]}")
            else:
                say(NAME, "redis answers")


def main() -> None:
    """Show Redis until told to stop."""
    port = setting(NAME, "REDIS_PORT", "6379")
    if not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        fail(NAME, f"REDIS_PORT is {port!r}: set it to a number up to 65535")
    AdapterHandler.redis = int(port)
    AdapterHandler.limit = number(NAME, "TIMEOUT", 1)
    serve(NAME, AdapterHandler, default_port=9121)


if __name__ == "__main__":
    main()
