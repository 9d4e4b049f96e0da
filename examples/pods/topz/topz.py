"""The sidecar: shows what the processes of a neighbor do, as a small page.

It fits beside any program: it only looks, and needs nothing from its neighbor.
It sees the neighbor if both share a process namespace.

Settings (environment variables): HOST, PORT (8091), NEIGHBOR (a part of the
command line of what to show; empty: all that can be seen), INTERVAL (1 second
over which processor use is measured), SORT (cpu or memory).
"""

import json
import os
import time

from proc import PROC, Process, everything
from serve import Handler, fail, number, serve, setting

NAME = "topz"
LONGEST = 200
"""Characters of a command line that are shown."""
LINE = "{:>7} {:>6} {:>7} {:>7} {:>7} {:>5} {}\n"
HEADINGS = ("PID", "CPU%", "RSS MiB", "PSS MiB", "THREADS", "FILES", "COMMAND")

Row = tuple[float, Process]


# [look]
def look(neighbor: str, interval: float) -> list[Row]:
    """Look twice; return how busy each process was in between, in percent.

    100 is one processor, all the time. A process that ends in between is left
    out; one that begins counts from its beginning.
    """
    before = everything(neighbor)
    begun = time.monotonic()
    time.sleep(interval)
    after = everything(neighbor)
    passed = time.monotonic() - begun
    rows = []
    for pid, process in after.items():
        old = before.get(pid)
        known = old is not None and old.started == process.started
        used = process.seconds - (old.seconds if known and old else 0)
        rows.append((round(100 * used / passed, 1), process))
    return rows
    # [/look]


def table(rows: list[Row]) -> str:
    """Return the rows as text, with a line of headings."""

    def size(count: int | None) -> str:
        return "-" if count is None else f"{count / 2**20:.1f}"

    text = LINE.format(*HEADINGS)
    for cpu, p in rows:
        files = "-" if p.files is None else p.files
        shown = (p.pid, cpu, size(p.rss), size(p.pss), p.threads, files)
        text += LINE.format(*shown, p.command[:LONGEST])
    return text


def as_json(rows: list[Row]) -> str:
    """Return the rows as JSON: memory in bytes, null for what is not known."""
    shown = [
        {
            "pid": p.pid,
            "cpu_percent": cpu,
            "rss": p.rss,
            "pss": p.pss,
            "threads": p.threads,
            "files": p.files,
            "command": p.command[:LONGEST],
        }
        for cpu, p in rows
    ]
    return json.dumps({"processes": shown}) + "\n"


# [nobody]
def nobody(neighbor: str) -> str:
    """Return why there is nothing to show, and what to do."""
    if os.getpid() == 1:
        return (
            "I see no process but my own: this container has a process "
            "namespace for itself.\nIn a Pod, set shareProcessNamespace: true; "
            "with Compose, give both services the same pid:.\n"
        )
    what = f"with {neighbor!r} in its command line " if neighbor else ""
    return (
        f"I see no process {what}but my own.\n"
        "Does it run, and is NEIGHBOR right? Is the process namespace shared?\n"
    )
    # [/nobody]


class TopzHandler(Handler):
    """Answers with the processes: text at /, JSON at /json."""

    neighbor = ""
    interval = 1.0
    by_memory = False

    def page(self) -> tuple[int, bytes]:
        """Look for a moment, then answer."""
        if self.path not in ("/", "/json"):
            return 404, b"text is at /, JSON at /json\n"
        rows = look(self.neighbor, self.interval)
        if not rows:
            return 503, nobody(self.neighbor).encode()
        rows.sort(key=self.weight, reverse=True)
        form = table if self.path == "/" else as_json
        return 200, form(rows).encode()

    def weight(self, row: Row) -> float:
        """Return what decides which row comes first."""
        return row[1].rss if self.by_memory else row[0]


def main() -> None:
    """Show the neighbor's processes until told to stop."""
    if not (PROC / "self" / "stat").exists():
        fail(NAME, "no /proc on this system: run it on Linux")
    TopzHandler.neighbor = setting(NAME, "NEIGHBOR", "")
    TopzHandler.interval = number(NAME, "INTERVAL", 1)
    if not 0.05 <= TopzHandler.interval <= 10:
        fail(NAME, "INTERVAL is out of range: set it to 0.05 to 10 seconds")
    order = setting(NAME, "SORT", "cpu")
    if order not in ("cpu", "memory"):
        fail(NAME, f"SORT is {order!r}: set it to cpu or memory")
    TopzHandler.by_memory = order == "memory"
    serve(NAME, TopzHandler, default_port=8091)


if __name__ == "__main__":
    main()
