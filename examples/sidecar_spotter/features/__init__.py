"""Features: one module each for what suggests a sidecar, and what speaks against it.

A module's docstring is its page in the handbook and in `sidecar-spotter explain`.
`NAME` is how a report calls it, `STRENGTH` how strongly it speaks, and ``look(group)``
yields the evidence that it finds.
"""

from collections.abc import Iterator
from types import ModuleType

from sidecar_spotter.features import (
    helper_configuration,
    init_only,
    injection,
    known_image,
    life_cycle,
    localhost,
    native_sidecar,
    node_agent,
    operator_field,
    peers,
    placeholder,
    second_container,
    shared_namespace,
    shared_volume,
    steps,
    telling_name,
    test_fixture,
    traffic_interception,
)
from sidecar_spotter.model import Evidence, Group

FEATURES: tuple[ModuleType, ...] = (
    native_sidecar,
    shared_volume,
    localhost,
    shared_namespace,
    injection,
    operator_field,
    traffic_interception,
    second_container,
    life_cycle,
    helper_configuration,
    known_image,
    telling_name,
    peers,
    steps,
    init_only,
    node_agent,
    test_fixture,
    placeholder,
)


def evidence(group: Group) -> Iterator[Evidence]:
    """Yield what all features find in *group*."""
    for feature in FEATURES:
        yield from feature.look(group)
