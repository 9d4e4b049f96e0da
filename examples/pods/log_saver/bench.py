"""Compare log_saver.py with rsyslog and `tail -F`: lines a second, and memory.

    python examples/pods/log_saver/bench.py

Each brings the same log to a program on this machine that counts lines and
keeps nothing; log_saver.py by HTTP, the others by TCP, as rsyslog has no HTTP
output in Debian's package. Time runs from the start of the program to the last
line at the counter. All three are told to begin with the first line. rsyslog
saves its position about as often as log_saver.py; `tail` has none to save.
rsyslog's queue gets one worker, not its two, as two may change the order.

A run in which not all lines arrive in time is no result: it is counted under
"incomplete", and made again.

Every run goes to bench.json, with the machine, and the medians to bench.csv
for the handbook. Needs Linux, rsyslogd, tail.
"""

import argparse
import json
import multiprocessing
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Process = subprocess.Popen[bytes]

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "bench.json"
WIDTH = 120  # bytes of a line, its end included
NAMES = {"log_saver": "log_saver.py", "rsyslog": "rsyslog", "tail": "tail -F"}
LIMIT = 120.0  # seconds that one run may take
RSYSLOG = """
global(workDirectory="{folder}")
main_queue(queue.type="FixedArray" queue.workerThreads="1")
module(load="imfile")
template(name="line" type="string" string="%msg%\\n")
input(type="imfile" file="{log}" tag="log" persistStateInterval="8738")
action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp"
       template="line")
"""


def count_tcp(listener: socket.socket, want: int, done: Connection) -> None:
    """Count the lines of one connection; report when ``want`` have come."""
    connection, _ = listener.accept()
    buffer, lines = bytearray(1 << 20), 0
    while lines < want and (size := connection.recv_into(buffer)):
        lines += buffer.count(b"\n", 0, size)
    done.send((time.monotonic(), lines))
    while connection.recv_into(buffer):
        pass


def count_http(listener: socket.socket, want: int, done: Connection) -> None:
    """Count the lines of all POST requests; report when ``want`` have come."""
    counted = [0]

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            counted[0] += body.count(b"\n")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if counted[0] >= want:
                done.send((time.monotonic(), counted[0]))

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(listener.getsockname(), Counter, False)
    server.socket = listener
    server.serve_forever()


def start(tool: str, log: Path, port: int, folder: Path) -> Process:
    """Start ``tool``, to bring ``log`` to ``port``; it may write to folder."""
    if tool == "log_saver":
        settings = {
            "LOG_DIR": str(log.parent),
            "STATE_DIR": str(folder),
            "STORE_URL": f"http://127.0.0.1:{port}/lines",
            "PORT": "0",
        }
        command = [sys.executable, str(HERE / "log_saver.py")]
        return subprocess.Popen(
            command, env=os.environ | settings, stdout=subprocess.DEVNULL
        )
    if tool == "rsyslog":
        settings_file = folder / "rsyslog.conf"
        text = RSYSLOG.format(folder=folder, log=log, port=port)
        settings_file.write_text(text)
        pid_file = str(folder / "pid")
        rsyslogd = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin") or ""
        return subprocess.Popen(
            [rsyslogd, "-n", "-f", str(settings_file), "-i", pid_file]
        )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        command = ["tail", "-n", "+1", "-F", str(log)]
        return subprocess.Popen(command, stdout=connection.fileno())


def peak_memory(process: Process) -> float:
    """Return the most memory that a process has had so far, in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found, "this needs Linux"
    return int(found[1]) / 1024


@contextmanager
def counter(tool: str, want: int) -> Iterator[tuple[int, Connection]]:
    """Run what the lines go to; give its port, and where it reports."""
    ours, theirs = multiprocessing.Pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        count = count_http if tool == "log_saver" else count_tcp
        process = multiprocessing.Process(
            target=count, args=(listener, want, theirs), daemon=True
        )
        process.start()
        try:
            yield listener.getsockname()[1], ours
        finally:
            process.kill()
            process.join()


def measure(tool: str, log: Path, lines: int) -> dict[str, float]:
    """Bring ``log`` to the counter once; return seconds, lines/s and MiB."""
    with (
        tempfile.TemporaryDirectory() as folder,
        counter(tool, lines) as (port, report),
    ):
        begun = time.monotonic()
        process = start(tool, log, port, Path(folder))
        try:
            if not report.poll(LIMIT):
                raise TimeoutError(f"{tool}: not all within {LIMIT} s")
            ended, counted = report.recv()
            memory = peak_memory(process)
        finally:
            process.terminate()
            process.wait()
    if counted != lines:
        raise SystemExit(f"bench.py: {tool}: {counted} lines, not {lines}")
    return {
        "seconds": round(ended - begun, 2),
        "lines_per_second": round(lines / (ended - begun)),
        "peak_mib": round(memory, 1),
    }


def write_log(log: Path, lines: int) -> None:
    """Write ``lines`` lines that all differ, of WIDTH bytes each."""
    rest = " GET /shop?item=7 200 ".ljust(WIDTH - 11, "x")
    with log.open("w") as file:
        for first in range(0, lines, 10_000):
            numbers = range(first, min(first + 10_000, lines))
            file.write("".join(f"{n:010d}{rest}\n" for n in numbers))


def first_line(command: list[str]) -> str:
    """Return the first line that ``command`` prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    line = " ".join(done.stdout.splitlines()[0].split())
    return line.removesuffix(" compiled with:")


def machine() -> dict[str, Any]:
    """Describe this machine, its load, and what is compared."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    rsyslogd = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin")
    if rsyslogd is None:
        raise SystemExit("bench.py: no rsyslogd: apt-get install rsyslog")
    return {
        "cpu": cpu[1] if cpu else platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "rsyslog": first_line([rsyslogd, "-v"]),
        "tail": first_line(["tail", "--version"]),
        "load_before": round(os.getloadavg()[0], 2),
        "date": datetime.now(UTC).date().isoformat(),
    }


def main() -> None:
    """Measure, print a table, and write bench.json."""
    parser = argparse.ArgumentParser(description="Compare with rsyslog, tail.")
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    results: dict[str, Any] = {
        "machine": machine(),
        "lines": options.lines,
        "line_bytes": WIDTH,
        "incomplete": dict.fromkeys(NAMES, 0),
        "runs": {tool: [] for tool in NAMES},
    }
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        write_log(log, options.lines)
        for _ in range(2 * options.runs):
            for tool, runs in results["runs"].items():
                if len(runs) == options.runs:
                    continue
                try:
                    runs.append(measure(tool, log, options.lines))
                except TimeoutError as error:
                    print(error, flush=True)
                    results["incomplete"][tool] += 1
                else:
                    print(tool, runs[-1], flush=True)
    if any(len(runs) < options.runs for runs in results["runs"].values()):
        raise SystemExit("bench.py: too many runs were incomplete")
    results["median"] = {
        tool: {key: statistics.median(r[key] for r in runs) for key in runs[0]}
        for tool, runs in results["runs"].items()
    }
    results["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    table = "program,lines a second (thousands),MiB of memory at most\n"
    for tool, row in results["median"].items():
        speed = row["lines_per_second"] / 1000
        table += f"{NAMES[tool]},{speed:.0f},{row['peak_mib']:.0f}\n"
    print(table, end="")
    options.output.with_suffix(".csv").write_text(table)
    options.output.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
