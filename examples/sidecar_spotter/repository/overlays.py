"""Tell once what a patch of Kustomize only changes.

An overlay names the base that it builds upon. A container of a patch which the base has
already is no other one: it is what the base makes of it, and counts there.
"""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Finding, Judged
from sidecar_spotter.parse import compose
from sidecar_spotter.tree import Unreadable, get, items, text

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
BUILT_ON = ("resources", "bases", "components")
MOST = 200
"""Files and folders of one overlay that are followed."""
LARGEST = 100_000
"""Bytes of a kustomization that is read."""

Unit = tuple[str, str]
"""Kind and name of a workload."""


def changed(judged: Sequence[Judged], look: Look) -> tuple[list[Judged], list[Judged]]:
    """Return *judged* with what patches only change as it is in their bases.

    The second list is for who counts: it lacks these containers.
    """
    units: dict[Unit, list[Judged]] = {}
    for one in judged:
        if one.group.name and "patch" not in one.group.marks:
            units.setdefault(_unit(one), []).append(one)
    told: list[Judged] = []
    counted: list[Judged] = []
    for one in judged:
        known = _known(one, units, look) if "patch" in one.group.marks else {}
        said = tuple(known.get(each.name, each) for each in one.findings)
        own = tuple(each for each in one.findings if each.name not in known)
        said = tuple(
            replace(new, line=old.line, evidence=old.evidence)
            for new, old in zip(said, one.findings, strict=True)
        )
        told.append(replace(one, findings=said))
        counted.append(replace(one, findings=own))
    return told, counted


def _unit(one: Judged) -> Unit:
    return one.group.kind, one.group.name


def _known(
    patch: Judged, units: dict[Unit, list[Judged]], look: Look
) -> dict[str, Finding]:
    """Return what the containers of a patch are in the units that it patches."""
    bases = units.get(_unit(patch), [])
    built_on = set(_built_on(patch.group.path, look)) if bases else set()
    found: dict[str, Finding] = {}
    for base in bases:
        path = base.group.path
        for one in base.findings if path in built_on else ():
            said = one
            if one.label != "not-a-sidecar":  # that has a reason of its own
                said = replace(one, why=f"is changed here; it stands in {path}")
            found.setdefault(one.name, said)
    return found


def _built_on(path: str, look: Look) -> Iterator[str]:
    """Yield the files that the kustomization nearest to *path* builds upon."""
    folder = posixpath.dirname(path)
    if _kustomization(folder, look) is None:
        folder = posixpath.dirname(folder)
    waiting, seen = [folder], {folder}
    while waiting and len(seen) < MOST:
        here = waiting.pop()
        data = _kustomization(here, look)
        for said in _entries(data) if data is not None else ():
            place = posixpath.normpath(posixpath.join(here, said))
            if "://" in said or place.startswith("..") or place in seen:
                continue
            seen.add(place)
            if place.endswith((".yaml", ".yml", ".json")):
                yield place
            else:
                waiting.append(place)


def _kustomization(folder: str, look: Look) -> bytes | None:
    places = (posixpath.join(folder, name) for name in KUSTOMIZATIONS)
    return next((data for one in places if (data := look(one)) is not None), None)


def _entries(data: bytes) -> Iterator[str]:
    try:
        document = compose(data) if len(data) < LARGEST else None
    except Unreadable:
        return  # its own report says why
    for field in BUILT_ON:
        for one in items(get(document, field)):
            yield text(one)
