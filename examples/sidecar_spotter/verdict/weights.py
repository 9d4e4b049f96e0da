"""How much the evidence on a container speaks for a helper."""

from collections.abc import Iterable, Mapping, Sequence

from sidecar_spotter.model import Container, Evidence

Reasons = Mapping[str, Sequence[Evidence]]
"""The evidence on each container, by its name; none for a name that has none."""

LOOKS = {"known-image", "telling-name"}
"""Features that look at nothing but the container itself."""
TIES = {"shared-volume", "localhost", "shared-namespace", "life-cycle"}
"""Features that see what two containers have to do with each other."""
CLEAR = 0.5
"""What a reason weighs that says by itself that a container serves another one."""


def score(reasons: Iterable[Evidence]) -> float:
    """Return the sum of the weights; a feature that speaks often counts once."""
    best: dict[str, float] = {}
    for one in reasons:
        if abs(one.weight) > abs(best.get(one.feature, 0)):
            best[one.feature] = one.weight
    return sum(best.values())


def apart(reasons: Iterable[Evidence]) -> float:
    """Return how much speaks for a helper apart from its ties to neighbors."""
    return score(one for one in reasons if one.feature not in TIES)


def looks(reasons: Iterable[Evidence]) -> float:
    """Return how much a container looks like a helper by its name and its image."""
    return score(one for one in reasons if one.feature in LOOKS)


def only_helps(reasons: Iterable[Evidence]) -> bool:
    """Whether an image is known to do nothing but help."""
    return any(one.feature == "known-image" and one.weight >= 2 for one in reasons)


def is_tie(reason: Evidence, main: Container) -> bool:
    """Whether a reason ties a container to its neighbor."""
    if reason.feature == "shared-volume":
        return reason.weight > 0  # else both only find something there
    if reason.feature == "life-cycle":
        # Whoever waits for a helper is served by it.
        return reason.weight > 0 or reason.about == main.name
    return reason.feature in TIES
