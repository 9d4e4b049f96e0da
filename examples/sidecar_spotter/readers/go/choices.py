"""Variables of Go code that stand for one of several containers."""

import re
from collections.abc import Iterable

from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.pods import Pod
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.languages.language import WIDEST

Branches = tuple[tuple[int, int], ...]

_ELEMENT = re.compile(r"(?<=[{,])\s*\*?(\w+)\s*(?=[,}])")
"""An element of a list that is all a variable."""


def choices(
    program: Program, pod: Pod, members: Iterable[Literal]
) -> dict[int, Branches]:
    """Return the branches of those of a pod's *members* that never run together.

    In `[]corev1.Container{backup}` there is one container, whichever function gave it
    to `backup`. The key is where a literal begins.
    """
    code = program.code
    here = program.functions.name(pod.open)
    found: dict[int, Branches] = {}
    for _, (start, end), names in pod.lists:
        for match in _ELEMENT.finditer(code.shape, start, min(end, start + WIDEST)):
            name, at = match[1], match.start(1)
            if name not in names or code.shape[code.around(at)] != "{":
                continue
            one_of = [
                one.open
                for one in members
                if name in one.names
                and name != one.function
                and not start <= one.open < end
                and one.open not in found
                and (
                    one.function == here
                    or program.landings.gets(name, one.function, here, at)
                )
            ]
            if len(one_of) > 1:
                found |= {one: ((at, n),) for n, one in enumerate(one_of)}
    return found
