"""Calls to a neighbor whose address Nomad tells, by a variable.

The feature `localhost` asks here, as such an address is that of the same machine.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.features.common.helping import helps, measures
from sidecar_spotter.model import Container, Evidence, Group, Port
from sidecar_spotter.tables.known import split
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import own_name

TASK = re.compile(r"NOMAD_(?:HOST_)?(?:ADDR|PORT|IP)_(\w+)")
"""A variable in which Nomad tells a task the address of another one of its group."""


def told_by_nomad(
    group: Group, box: Container, others: list[Container], feature: str
) -> Iterator[Evidence]:
    """Yield both ends of each call to a task that a variable of Nomad names.

    Equals know one another's addresses, too. But a port of the group's own has an
    address for each of its copies: who is told it, calls the one beside it.
    """
    seen: set[str] = set()
    for said in (*box.words, *box.settings):
        for match in TASK.finditer(said.text):
            own, there = _on_port(match[1], box, others)
            for other in () if own else there or _named_by_nomad(match[1], others):
                asks = helps(box) or _is_units_own(group, other)
                equal = asks == helps(other) and not measures(box)
                if other.name in seen or (equal and (asks or not there)):
                    continue
                seen.add(other.name)
                says = f"is told the address of {other.name} by {match[0]}"
                weight = 0.5 if asks else -0.2
                yield Evidence(feature, box.name, said.line, says, weight, other.name)
                if equal and _is_store(other):
                    continue  # such a port is one of the machine: others may call it
                says = f"is called by {box.name}, which is told {match[0]}"
                weight = 0.1 if asks else 0.5
                yield Evidence(feature, other.name, said.line, says, weight, box.name)


def _on_port(
    label: str, box: Container, others: list[Container]
) -> tuple[bool, list[Container]]:
    """Return whether *box* listens on the port with a label, and which others do.

    Of these only the ports of the group count.
    """

    def named(port: Port) -> bool:
        return re.sub(r"\W", "_", port.name) == label

    there = [
        one
        for one in others
        if any(named(port) and port.number is not None for port in one.ports)
    ]
    return any(named(port) for port in box.ports), there


def _is_store(box: Container) -> bool:
    found = known_as(box)
    return found is not None and found.role in ("database", "broker")


def _named_by_nomad(name: str, others: list[Container]) -> list[Container]:
    """Return the neighbors that a variable names by their task."""
    called = ((one, re.sub(r"\W", "_", one.name)) for one in others)
    return [one for one, task in called if f"{name}_".startswith(f"{task}_")]


def _is_units_own(group: Group, other: Container) -> bool:
    """Whether a unit is called after a program: who calls it there, works for it."""
    return not helps(other) and own_name(group) == split(other.name)
