"""Find the sidecars in a repository, and say why each one is one.

``scan(path)`` reads a checkout, runs nothing in it, and returns a `Report`.
The way data goes: path, files (`checkout`), groups of containers (`readers`),
evidence (`features`), labels (`verdict`), what the whole is (`repository`), and a text
of it (`reports`). `tables` holds what is known of products.
"""

from sidecar_spotter.model import (
    Container,
    Evidence,
    Finding,
    Group,
    Judged,
    Report,
    Skipped,
)
from sidecar_spotter.scan import scan

__all__ = [
    "Container",
    "Evidence",
    "Finding",
    "Group",
    "Judged",
    "Report",
    "Skipped",
    "scan",
]
