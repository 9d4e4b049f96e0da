"""Run the web application and its sidecar as two plain processes.

A temporary folder stands in for the volume. Ctrl-C stops both programs. The
status is 0 after Ctrl-C or SIGTERM, 1 if one of the programs ended by itself.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRACE = 5.0  # seconds to stop in, as terminationGracePeriodSeconds in pod.yaml


class Program:
    """One container's program, run as a process on this machine.

    Its output is printed line by line, each line after the container's name.
    """

    def __init__(self, name: str, file: str, port: int, log_dir: str) -> None:
        """Start ``file``, to listen on ``port`` and to use ``log_dir``."""
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "LOG_DIR": log_dir}
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / file)],
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A group of its own: Ctrl-C in the terminal reaches run.py alone,
            # which then stops each program once.
            process_group=0,
        )
        self.spoke = threading.Event()
        self.printer = threading.Thread(target=self.show)
        self.printer.start()
        # The next program starts when this one has said how it went.
        self.spoke.wait(GRACE)

    def show(self) -> None:
        """Print the program's output until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            print(f"{self.name:10} | {line}", end="", flush=True)
            self.spoke.set()
        self.spoke.set()


def wait_for_one(programs: list[Program], asked_to_stop: list[int]) -> str:
    """Wait until a program ends, and say which; "" if asked to stop before."""
    while not asked_to_stop:
        for program in programs:
            status = program.process.poll()
            if status is not None:
                return f"{program.name} ended with status {status}"
        time.sleep(0.05)
    return ""


def stop(programs: list[Program]) -> None:
    """Ask one after the other to stop; kill what does not within GRACE."""
    for program in programs:
        program.process.terminate()
        try:
            program.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            program.process.kill()
            program.process.wait()
        program.printer.join()


def main() -> int:
    """Run both programs until one ends or we are told to stop."""
    parser = argparse.ArgumentParser(
        description="Run web and log-server as two plain processes."
    )
    parser.add_argument("--web-port", type=int, default=8080, metavar="PORT")
    parser.add_argument("--log-port", type=int, default=8081, metavar="PORT")
    parser.add_argument(
        "--web-log-dir",
        metavar="DIR",
        help="break it: web writes to DIR, which log-server does not read",
    )
    options = parser.parse_args()

    asked_to_stop: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: asked_to_stop.append(number))

    with tempfile.TemporaryDirectory(prefix="served_log-") as volume:
        print(f"The volume is the folder {volume}")
        print(f"1. Open a page:    http://127.0.0.1:{options.web_port}/hello")
        print(f"2. Read the log:   http://127.0.0.1:{options.log_port}/")
        print("3. Stop both with Ctrl-C.", flush=True)
        programs: list[Program] = []
        try:
            web_log_dir = options.web_log_dir or volume
            for name, file, port, log_dir in (
                ("web", "web.py", options.web_port, web_log_dir),
                ("log-server", "log_server.py", options.log_port, volume),
            ):
                programs.append(Program(name, file, port, log_dir))
            ended = wait_for_one(programs, asked_to_stop)
        finally:
            stop(programs)
    if ended:
        print(f"run.py: {ended}, so both were stopped", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
