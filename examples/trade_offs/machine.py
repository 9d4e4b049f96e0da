"""The machine on which something was measured, in the words of a reader."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*")


def describe(programs: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what a reader needs to compare: processor, memory, system, versions.

    *programs* maps a name to the command that prints its version.
    """
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": memory(),
        "system": f"{platform.system()} {platform.release()}, {distribution()}",
        "Python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.2f}",
        **{name: version(command) for name, command in programs.items()},
    }


def processor() -> str:
    """Return the name of the processor, or of its family where it has none."""
    found = re.search(r"model name\s*:\s*(.+)", read("/proc/cpuinfo"))
    return found[1] if found else platform.machine()


def memory() -> str:
    """Return how much memory there is, in GiB."""
    found = re.search(r"MemTotal:\s*(\d+) kB", read("/proc/meminfo"))
    return f"{int(found[1]) / 1024**2:.0f} GiB" if found else "unknown"


def distribution() -> str:
    """Return the name of the distribution."""
    found = re.search(r'PRETTY_NAME="(.+)"', read("/etc/os-release"))
    return found[1] if found else "unknown"


def version(command: tuple[str, ...]) -> str:
    """Return the version that *command* prints, or why there is none."""
    if shutil.which(command[0]) is None:
        return "not here"
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    found = VERSION.search(done.stdout + done.stderr)
    return found[0] if found else "unknown"


def read(path: str) -> str:
    """Return the text of a file, or nothing where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
