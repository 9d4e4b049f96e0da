"""Containers that a program adds to a pod by a JSON patch, as a webhook does.

As `{ op: "add", path: "/spec/containers/-", value: proxy }`, in whichever language.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.model import Stage
from sidecar_spotter.readers.programs.follow import Ways
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.program import Program

MOST = 50
"""Operations of one file that are looked at."""

_PATH = re.compile(
    r"[\"']?\bpath[\"']?\s*[:=]\s*[\"'`](/spec/(?:template/spec/)?"
    r"(?:init|ephemeral)?[cC]ontainers)(?:/(?:-|\d+))?[\"'`]"
)


def patched(program: Program) -> Iterator[tuple[Literal, Stage, str]]:
    """Yield the containers that operations add, with their stages and functions."""
    code, ways = program.code, Ways(program)
    for match in islice(_PATH.finditer(code.text), MOST):
        opening = code.around(match.start())
        value = code.fields(opening, inner=False).get("value") if opening >= 0 else None
        if value is None or "ephemeral" in match[1]:
            continue
        function = program.functions.name(opening)
        stage: Stage = "init" if "initC" in match[1] else "run"
        for literal in ways.reached(value, function):
            yield literal, stage, function
