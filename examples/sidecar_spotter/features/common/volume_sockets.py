"""Calls to a neighbor over a socket that lies in a volume of both.

The feature `shared-volume` asks here: such a volume has no files that one reads.
"""

import re
from collections.abc import Iterator, Sequence

from sidecar_spotter.features.common.helping import helps, is_front
from sidecar_spotter.model import Container, Evidence, Mount
from sidecar_spotter.tables.known import MAIN, telling

ANSWERS = re.compile(r"^\w{0,40}CSI_ENDPOINT=|^--(?:csi-)?endpoint\b\S*sock")
"""What tells a storage driver the socket on which its helpers call it."""
CALLS = re.compile(r"--csi-address\b")
"""What tells such a helper where the driver answers."""
_SOCKET = re.compile(r"[\w.-]*sock(?:et)?\b")
"""The name of a socket, where the folder in front of it is known."""
_HOLDS_SOCKET = re.compile("sock", re.IGNORECASE)
"""The name of a volume that exists for a socket."""
_ANSWERS_AT = re.compile("listen|bind", re.IGNORECASE)

NEAR = 60
"""Characters in front of a socket that are looked at."""

Use = tuple[Container, Mount]


def call_over_a_socket(uses: Sequence[Use]) -> tuple[Use, Use] | None:
    """Return who calls and who answers where two meet at a socket in a volume.

    The one is told where it is; the other may be told nothing, or to listen there.
    """
    if len(uses) != 2 or any(_tells(box, ANSWERS) for box, _ in uses):
        return None
    told = [_told_of_socket(box, mount) for box, mount in uses]
    if not any(told):
        return None
    named = _HOLDS_SOCKET.search(uses[0][1].volume) or any(map(_answers_at, told))
    aid = [helps(box) for box, _ in uses]
    if None in told and not named and aid != [said is None for said in told]:
        return None  # it is not the whole volume that they meet in
    # Who is told to answer is called; of two that are told alike, who looks like it.
    first, second = (
        (1 if said is None else 2 * (not _answers_at(said)), not helping)
        for said, helping in zip(told, aid, strict=True)
    )
    if first == second:
        return None
    return (uses[0], uses[1]) if first > second else (uses[1], uses[0])


def _answers_at(said: str | None) -> bool:
    """Whether what a container is told of a socket is to answer there."""
    return said is not None and _ANSWERS_AT.search(said) is not None


def _told_of_socket(box: Container, mount: Mount) -> str | None:
    """Return what a container is told of a socket in a folder, if it is."""
    folder, option = f"{mount.path.rstrip('/')}/", ""
    for said in (*box.settings, *box.words):
        at = said.text.find(folder)
        if at >= 0 and _SOCKET.match(said.text, at + len(folder)):
            return f"{option} {said.text[max(at - NEAR, 0) : at]}"
        option = "" if "=" in said.text else said.text[-NEAR:]
    return None


def both_ends(
    volume: str, caller: Use, callee: Use, feature: str
) -> Iterator[Evidence]:
    """Yield a reason for each end of a call over a socket: who is called, helps.

    Unless the caller stands in front of it, as a web server before PHP.
    """
    (box, mount), (other, its) = caller, callee
    calls, answers = (0.6, 0.1) if is_front(box) else (0, 0.6)
    says = f"calls {other.name} over a socket in {volume}"
    yield Evidence(feature, box.name, mount.line, says, calls, other.name)
    says = f"answers {box.name} on a socket in {volume}"
    yield Evidence(feature, other.name, its.line, says, answers, box.name)


def calls_a_driver(box: Container) -> bool:
    """Whether a container is a helper of a storage driver, which it calls."""
    return _tells(box, CALLS)


def is_driver_at(box: Container, mount: Mount) -> bool:
    """Whether a container is a storage driver that answers in a folder.

    A copy that probes it has its socket, too.
    """
    told = [
        _plain(said.text)
        for said in (*box.words, *box.settings)
        if ANSWERS.search(said.text)
    ]
    its = {  # as far as the file shows
        one.volume
        for one in box.mounts
        if any(f"{_plain(one.path)}/" in text for text in told)
    }
    drives = bool(told) and telling(box.name) in (None, MAIN)
    return drives and (not its or mount.volume in its)


def _plain(path: str) -> str:
    """Return a path as Unix writes it, be it one of Windows."""
    return re.sub(r"[\\/]+", "/", path).rstrip("/")


def _tells(box: Container, what: re.Pattern[str]) -> bool:
    return any(what.search(said.text) for said in (*box.words, *box.settings))
