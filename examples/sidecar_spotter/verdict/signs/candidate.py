"""A container that could be the main one, with what the signs look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.verdict.weights import Reasons

WORKLOADS = frozenset(("Deployment", "StatefulSet", "DaemonSet"))
"""Kinds that are called after the program that they are there for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A container that could be the main one."""

    group: Group
    box: Container
    boxes: Sequence[Container]
    """All that run beside one another, itself among them."""
    reasons: Sequence[Evidence]
    """The evidence on it."""
    found: Reasons
    """The evidence on all of them."""
