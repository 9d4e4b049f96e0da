"""What a configuration of the shop looks like: what both programs agree on."""

import hashlib
import json
from typing import Any

KEYS = {"banner": str, "price": int, "currency": str}
LIMIT = 64 * 1024
"""Bytes that a configuration may have."""


# [check]
def check(data: bytes) -> dict[str, Any]:
    """Return the configuration in ``data``; raise ValueError with its fault."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("it is not a JSON object")
    if unknown := sorted(set(found) - set(KEYS)):
        raise ValueError(f"unknown key {ascii(unknown[0])[:40]}")
    for key, kind in KEYS.items():
        if key not in found:
            raise ValueError(f"{key} is missing")
        # Not isinstance: true counts as an int there.
        if type(found[key]) is not kind:
            raise ValueError(f"{key} must be of type {kind.__name__}")
    # A line break or a cursor code would garble the reader's screen.
    if not (found["banner"] + found["currency"]).isprintable():
        raise ValueError("a text holds a character that cannot be printed")
    return found
    # [/check]


def digest(data: bytes) -> str:
    """Return a short name for exactly these bytes."""
    return hashlib.sha256(data).hexdigest()[:8]
