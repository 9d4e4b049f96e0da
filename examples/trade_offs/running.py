"""Programs that are measured: started, waited for, and ended by their own id."""

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import psutil

PROGRAMS = Path(__file__).with_name("programs")
START = 10.0
"""Seconds that a program may take until it listens."""
STOP = 5.0
"""Seconds that it may take to end when asked, before it is killed."""


class NotStarted(Exception):
    """A program ended, or did not listen in time; the message has its last words."""


@contextmanager
def started(
    command: Sequence[str], said: BinaryIO | None = None
) -> Iterator[psutil.Popen]:
    """Run *command* until the block ends; give its process at once.

    What it prints goes to *said*, or nowhere.
    """
    child = spawned(command, said)
    try:
        yield child
    finally:
        end(child)


@contextmanager
def program(
    command: Sequence[str], *, port: int, host: str = "127.0.0.1"
) -> Iterator[psutil.Popen]:
    """Run *command* until the block ends; give its process once *port* answers.

    Raises NotStarted, with what it printed last, if it does not listen in time.
    """
    with tempfile.TemporaryFile() as said, started(command, said) as child:
        try:
            await_port(child, host, port)
        except NotStarted as error:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()[-300:]
            raise NotStarted(f"{error}: {words}" if words else str(error)) from None
        yield child


def await_port(child: psutil.Popen, host: str, port: int) -> None:
    """Wait until *child* listens. Raises NotStarted if it does not in time."""
    limit = time.monotonic() + START
    while not listens(host, port):
        if child.poll() is not None or time.monotonic() > limit:
            raise NotStarted(f"{' '.join(child.args)}: does not listen at {port}")
        time.sleep(0.005)


def spawned(command: Sequence[str], said: BinaryIO | None = None) -> psutil.Popen:
    """Run *command*, and leave it to the caller to end it."""
    output = subprocess.DEVNULL if said is None else said
    return psutil.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output
    )


def end(*children: psutil.Popen) -> None:
    """Ask programs to end, all at once; kill those that do not in time, and theirs."""
    family = families(children)
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=STOP)
    for one in alive:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(alive, timeout=STOP)


def families(programs: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Return programs and all that they have started, with one look at the machine."""
    children: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter(["ppid"]):
        children.setdefault(process.info["ppid"], []).append(process)
    found: list[psutil.Process] = []
    new: list[psutil.Process] = [one for one in programs if one.is_running()]
    while new:
        found += new
        new = [child for one in new for child in children.get(one.pid, [])]
    return found


def listens(host: str, port: int) -> bool:
    """Say whether somebody answers at *port*."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Return ports that nobody has now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def filled(name: str, folder: Path, **values: object) -> Path:
    """Write the settings file *name* with its values to *folder*; return its path."""
    text = (PROGRAMS / name).read_text(encoding="utf-8")
    for key, value in {"folder": folder, **values}.items():
        text = text.replace(f"@{key.upper()}@", str(value))
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def nginx(folder: Path, backends: Mapping[int, int]) -> list[str]:
    """Return the command of one nginx, with the backend's port for each of its own."""
    server = (PROGRAMS / "nginx-server.conf").read_text(encoding="utf-8")
    servers = "".join(
        server.replace("@PORT@", str(port)).replace("@BACKEND@", f"127.0.0.1:{backend}")
        for port, backend in backends.items()
    )
    path = filled("nginx.conf", folder, servers=servers)
    return ["nginx", "-p", str(folder), "-c", str(path)]


def processor_seconds(programs: Sequence[psutil.Process]) -> float:
    """Return the processor time that programs have used so far.

    Of what runs it is exact to the nanosecond. Of children that have ended, the kernel
    keeps hundredths of a second. https://docs.kernel.org/scheduler/sched-stats.html
    """

    def of(process: psutil.Process) -> float:
        ended = process.cpu_times()
        total = float(ended.children_user + ended.children_system)
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            with suppress(OSError):  # a thread that has just ended
                words = (task / "schedstat").read_text(encoding="ascii").split()
                total += int(words[0]) / 1e9
        return total

    return in_all(programs, of)


def mebibytes(programs: Sequence[psutil.Process]) -> float:
    """Return the memory of programs: what each has written, and once what they share.

    It is the sum of their Pss on a machine where nothing else runs. The Pss that the
    kernel gives falls with each other program there that uses the same files, such as
    Python's own code. https://docs.kernel.org/filesystems/proc.html
    """
    shared: dict[str, float] = {}

    def written(process: psutil.Process) -> float:
        maps = process.memory_maps()
        for part in maps:
            known = shared.get(part.path, 0.0)
            shared[part.path] = max(known, part.rss - part.private_dirty)
        return float(sum(part.private_dirty for part in maps))

    own = in_all(programs, written)
    return (own + sum(shared.values())) / 1024**2


def in_all(
    programs: Sequence[psutil.Process], of: Callable[[psutil.Process], float]
) -> float:
    """Return the sum *of* what programs take; one that has just ended takes nothing.

    Helpers start others for a moment, as git_sync does git.
    """
    total = 0.0
    for process in programs:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            total += of(process)
    return total
