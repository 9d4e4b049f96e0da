"""The levels themselves: what cannot start fails its test in time, and says so."""

from typing import Any

import lab.podman
import levels
import pytest
from levels import Launch


def lose_the_policy(pod: dict[str, Any]) -> None:
    """Make of the native sidecar an init container, which would have to end."""
    (sidecar,) = pod["spec"]["initContainers"]
    assert sidecar.pop("restartPolicy") == "Always"


@pytest.mark.levels("processes", "pod")  # Compose knows no native sidecars
def test_a_sidecar_without_its_restart_policy_fails_the_test_and_does_not_hang_it(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = "pod-native.yaml"
    system = launch("served_log", file=file, change=lose_the_policy, start=False)
    # Nobody waits for the limits of every day, which are longer.
    with monkeypatch.context() as shorter:
        shorter.setattr(levels, "LIMIT", 2.0)
        shorter.setattr(lab.podman, "LIMIT", 10.0)
        late = "^not started within 2 s$|^podman run .*: not done after 10 s$"
        with pytest.raises((AssertionError, lab.podman.PodmanError), match=late):
            system.start()
    assert "listening" not in system.output("web")
