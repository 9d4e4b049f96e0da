"""The labs as what is measured: run as plain processes, and asked."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.manifest import notes, read
from lab.processes import Processes
from lab.systems import PODS
from lab.systems import missing as missing_programs

from trade_offs import running


@dataclass(frozen=True)
class Lab:
    """A lab: the container of its helper, and where it is asked."""

    system: str
    helper: str
    port: int
    path: str = "/"
    scheme: str = "http"
    shared: str = ""
    """The volume into which the helper may write, and which its application reads."""

    def missing(self) -> str:
        """Return one line that says what this machine lacks; "" if all is there."""
        return missing_programs(notes(PODS / self.system / "pod.yaml").needs)


@contextmanager
def prepared(lab: Lab) -> Iterator[tuple[Processes, str]]:
    """Give a lab that is ready to be started, and the address to ask.

    Its folders are there until the block ends.
    """
    pod = read(PODS / lab.system / "pod.yaml")
    ports = dict(zip(pod.ports, running.free_ports(len(pod.ports)), strict=True))
    url = f"{lab.scheme}://127.0.0.1:{ports[lab.port]}{lab.path}"
    with tempfile.TemporaryDirectory(prefix=f"{lab.system}-") as folder:
        yield Processes(pod, PODS / lab.system, Path(folder), ports), url


@contextmanager
def started(lab: Lab) -> Iterator[tuple[Processes, str]]:
    """Run a lab until the block ends; give its processes, and the address to ask."""
    with prepared(lab) as (processes, url):
        try:
            processes.start()
            yield processes, url
        finally:
            processes.stop()


def any_certificate() -> ssl.SSLContext:
    """Return what takes the certificate that a lab makes for itself at each start."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
