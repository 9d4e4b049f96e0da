"""Annotations and labels that a program gives to a pod, which ask for a helper."""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter import injectors
from sidecar_spotter.model import Request, Text
from sidecar_spotter.readers.source import Code

MOST = 300
"""Annotations of one file that are looked at."""

_NAME = r"[\"']([\w.-]+/[\w.-]{2,60})[\"']"
_VALUE = r"[\"']([\w.-]{1,40})[\"']"
_ENTRIES = (
    re.compile(_NAME + r"\s*\]?\s*[:=]\s*" + _VALUE),
    re.compile(
        r"\b(?:put|insert|(?:add|with|set)\w{0,40})\(\s*"
        + _NAME
        + r"[\w.()]{0,20}\s*,\s*"
        + _VALUE
    ),
)
"""An annotation with its value, as most languages write an entry, and as a call."""


def asked(code: Code) -> Iterator[Request]:
    """Yield what the annotations in *code* ask for."""
    pairs = []
    for entry in _ENTRIES:
        for match in islice(entry.finditer(code.text), MOST):
            at = code.line(match.start(1))
            pairs.append((Text(match[1], at), Text(match[2], at)))
    yield from injectors.requests(pairs, "pod")
