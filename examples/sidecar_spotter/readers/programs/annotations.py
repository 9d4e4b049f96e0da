"""Annotations and labels that a program gives to a pod, which ask for a helper.

Those in the call that makes a namespace ask for the pods in it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.model import Request, Text
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.tables import injectors

MOST = 300
"""Annotations of one file that are looked at."""
NEAR = 80
"""Characters in front of a block of them that say whose it is."""

_NAME = r"[\"']([\w.-]+/[\w.-]{2,60}|istio-injection)[\"']"
_VALUE = r"[\"']([\w.-]{1,40})[\"']"
_ENTRIES = (
    re.compile(_NAME + r"\s*\]?\s*[:=]\s*" + _VALUE),
    re.compile(r"\{\s*" + _NAME + r"\s*,\s*" + _VALUE + r"\s*\}"),  # C#
    re.compile(
        r"\b(?:put|insert|(?:add|with|set)\w{0,40})\(\s*"
        + _NAME
        + r"[\w.()]{0,20}\s*,\s*"
        + _VALUE
    ),
)
"""An annotation with its value, as most languages write an entry, and as a call."""


_SELECTS = re.compile(r"(?i:selector|match_?labels|match_?expressions)\W[^\n;]*\Z")
"""What stands in front of labels by which others are only chosen."""
_NAMESPACE = re.compile(
    r"Namespace(?:V1|Args|Builder)?\s*\("
    r"|\bnamespace\.(?:\w{1,40}\.){0,3}with(?:Annotations|Labels)(?:Mixin)?\("
)
"""What makes a namespace, or adds to one, as a library of Jsonnet does."""
_OF_KIND = re.compile(r"\bkind[\"']?\s*[:=]\s*[\"']Namespace[\"']")


def _spaces(code: Code) -> Iterator[Span]:
    """Yield what stands in the calls and in the objects that make a namespace."""
    for match in islice(_NAMESPACE.finditer(code.shape), MOST):
        yield match.end(), code.closes.get(match.end() - 1, match.end())
    for match in islice(_OF_KIND.finditer(code.text), MOST):
        around = code.around(match.start())
        yield around, code.closes.get(around, around)


def asked(code: Code) -> Iterator[Request]:
    """Yield what the annotations in *code* ask for."""
    spaces = list(_spaces(code))
    pods: dict[int, list[tuple[Text, Text]]] = defaultdict(list)
    wide: list[tuple[Text, Text]] = []
    for entry in _ENTRIES:
        for match in islice(entry.finditer(code.text), MOST):
            if code.shape[match.start(1) - 1].isspace():
                continue  # a comment
            around = code.around(match.start())
            if _SELECTS.search(code.shape, max(around - NEAR, 0), max(around, 0)):
                continue
            at = code.line(match.start(1))
            inside = any(start <= match.start() < end for start, end in spaces)
            one = (Text(match[1], at), Text(match[2], at))
            (wide if inside else pods[around]).append(one)
    for one in wide:  # each namespace asks for itself
        yield from injectors.requests([one], "namespace")
    for pairs in pods.values():  # and each pod, as one may ask and another call off
        for ask in injectors.requests(pairs, "pod"):
            if not (spaces and ask.role == injectors.MISPLACED):
                yield ask  # else it may be for a namespace that the file makes
