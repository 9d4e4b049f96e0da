"""A container whose shell does one task again and again, beside a program."""

from pathlib import Path

import pytest
from limits import within
from scanning import findings, labels, scanned

TASK = "sysctl -w net.core.somaxconn=4096"
LOOP = f"while true; do {TASK}; sleep 9; done"


def beside(command: str, image: str = "alpine", more: str = "") -> dict[str, str]:
    """Return a Pod of a program, and of a container with this command."""
    return {
        "a.yaml": f"""\
            kind: Pod
            metadata: {{name: shop}}
            spec:
              containers:
                - name: knob
                  image: {image}
                  command: [sh, -c, "{command}"]
                - name: till
                  image: example.com/till:1
                  {more}
            """
    }


@pytest.mark.parametrize(
    "loop",
    [
        LOOP,
        f"set -e; while :; do {TASK}; sleep 9; done",
        f"while sleep 9; do {TASK}; done",
        f"while [ 1 ]; do if ready; then {TASK}; fi; sleep 9; done",
        "while true; do sleep 9; echo 3 > /proc/sys/vm/drop_caches || true; done",
    ],
)
def test_what_does_one_task_again_and_again_helps_the_program_beside_it(
    tmp_path: Path, loop: str
) -> None:
    found = findings(tmp_path, beside(loop))
    assert (found["knob"].label, found["knob"].serves) == ("sidecar", "till")
    says = "does one task again and again, in a loop of its shell"
    assert says in [one.says for one in found["knob"].evidence]


@pytest.mark.parametrize(
    "command",
    [
        "while true; do date; echo hello; sleep 9; done",
        "while true; do echo hello > /var/log/hello; sleep 9; done",
        "while true; do # sysctl -w a=1\n echo hello; sleep 9; done".replace(
            "\n", "\\n"
        ),
        f"while ! nc -z shelf 80; do sleep 1; done; {TASK}",
        f"{TASK}; sleep 9",
    ],
)
def test_what_only_prints_or_does_it_once_is_tied_to_nobody(
    tmp_path: Path, command: str
) -> None:
    assert labels(tmp_path, beside(command))["knob"] != "sidecar"


def test_where_both_do_it_neither_helps_the_other(tmp_path: Path) -> None:
    more = f'command: [sh, -c, "{LOOP}"]'
    assert "sidecar" not in labels(tmp_path, beside(LOOP, more=more)).values()


def test_a_loop_from_the_image_of_the_program_is_no_copy_of_it(tmp_path: Path) -> None:
    more = 'command: [sh, -c, "exec till"]'
    found = labels(tmp_path, beside(LOOP, "example.com/till:1", more))
    assert found == {"knob": "sidecar", "till": "main"}


def test_the_tools_in_the_image_of_a_store_are_no_store(tmp_path: Path) -> None:
    loop = "while true; do mariadb -e 'update shops set open = 1'; sleep 9; done"
    assert labels(tmp_path, beside(loop, "mariadb"))["knob"] == "sidecar"
    assert labels(tmp_path, beside("mariadbd", "mariadb"))["knob"] == "not-a-sidecar"


def test_services_of_compose_go_on_by_themselves(tmp_path: Path) -> None:
    text = f"""\
        services:
          knob: {{image: alpine, command: [sh, -c, "{LOOP}"]}}
          till: {{image: example.com/till}}
        """
    assert "sidecar" not in labels(tmp_path, {"compose.yaml": text}).values()


def test_a_hostile_loop_is_read_in_time(tmp_path: Path) -> None:
    text = "while sleep " + ";" * 200_000
    pod = (
        "kind: Pod\nspec:\n  containers:\n  - {name: app, image: example.com/app}\n"
        f"  - {{name: lamp, image: alpine, command: [sh, -c, '{text}']}}\n"
    )
    with within(1.2):
        assert not scanned(tmp_path, {"pod.yaml": pod}).skipped
