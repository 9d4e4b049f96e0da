"""Which files of Go are read."""

import re

LARGEST = 1 << 19
"""Bytes of a file that a person wrote; the largest are generated."""
ENDINGS = (".go",)
SKIPPED = re.compile(r"(^|/)(vendor|third_party)/|(_test|\.pb|zz_generated[\w.]*)\.go$")
HINT = re.compile(
    rb"\bContainer(Args)?\{|\.Container\(\)|\bcontainer\.(?:Apply|New)\("
    rb"|^ *containers: *$|/containers/-|\"(?:initC|c)ontainers\" *:"
    rb"|\"(?:dapr\.io/enabled|[\w.-]{1,60}/(?:[\w.-]{0,60}-)?inject(?:ion)?"
    rb"|istio-injection|istio\.io/rev)\"\]?\s*[:=]\s*\"",
    re.ASCII | re.MULTILINE,
)
