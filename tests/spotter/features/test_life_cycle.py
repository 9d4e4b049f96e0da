"""Who ends, awaits or reloads a neighbor, and who goes on with what a step began."""

from pathlib import Path

import pytest
from beginnings import placed, services
from scanning import findings, labels, path_of

SEEDED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-shell}}
spec:
  template:
    spec:
      initContainers:
        - name: early
          image: registry.example/cert-maker:2
          command: [cert-maker]
          volumeMounts: [{{name: certs, mountPath: /certs}}]
      containers:
        - name: shop-shell
          image: registry.example/shop
          volumeMounts: [{{name: certs, mountPath: /certs}}]
        - name: later
          image: {image}
          command: {command}
          volumeMounts: [{{name: certs, mountPath: /certs}}]
"""


@pytest.mark.parametrize("command", ["[cert-maker]", "[cert-maker, again]"])
def test_a_helper_goes_on_with_what_an_init_container_did(
    tmp_path: Path, command: str
) -> None:
    image = "registry.example/cert-maker:2"
    text = SEEDED.format(image=image, command=command)
    assert labels(tmp_path, {"a.yaml": text}) == {
        "early": "init",
        "shop-shell": "main",
        "later": "sidecar",
    }


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("registry.example/cert-maker:2", "[serve-certs]"),
        ("registry.example/other:2", "[cert-maker, again]"),
    ],
)
def test_another_program_or_image_goes_on_with_nothing(
    tmp_path: Path, image: str, command: str
) -> None:
    text = SEEDED.format(image=image, command=command)
    assert labels(tmp_path, {"a.yaml": text})["later"] == "not-a-sidecar"


SET_UP = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: shop-nodes}
spec:
  template:
    spec:
      initContainers:
        - name: first
          image: registry.example/settings:2
          command: [settings]
      containers:
        - name: metrics
          image: "{{ .Values.repository }}/{{ .Values.nodes.metrics.image }}"
          volumeMounts: [{name: settings, mountPath: /etc/metrics}]
        - name: settings-sidecar
          image: registry.example/settings:2
          command: [settings]
          volumeMounts: [{name: settings, mountPath: /etc/metrics}]
"""


def test_who_goes_on_with_an_init_container_is_not_what_the_unit_is_for(
    tmp_path: Path,
) -> None:
    assert labels(tmp_path, {"templates/a.yaml": SET_UP}) == {
        "first": "init",
        "metrics": "main",
        "settings-sidecar": "sidecar",
    }


ORDERED = """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: shop
spec:
  template:
    metadata:
      annotations:
        run.googleapis.com/container-dependencies: {}
    spec:
      containers:
        - name: shop
          image: registry.example/shop
          ports: [{{containerPort: 8080}}]
        - name: rates
          image: registry.example/rates
        - name: sums
          image: registry.example/sums
"""


@pytest.mark.parametrize(
    "said",
    [
        """'{"shop": ["rates","sums"]}'""",
        '"{shop:[rates,sums]}"',
        "'{ shop : [ rates, \"sums\" ], sums: [] }'",
        '"{rates:[], shop:[rates,sums]}"',
    ],
)
def test_cloud_run_says_in_json_or_loosely_who_waits_for_whom(
    tmp_path: Path, said: str
) -> None:
    found = findings(tmp_path, {"a.yaml": ORDERED.format(said)})
    for name in ("rates", "sums"):
        (why,) = (one for one in found[name].evidence if one.feature == "life-cycle")
        assert (why.line, why.about) == (9, "shop")


@pytest.mark.parametrize("said", ["'{}'", '"{web-shop:[rates]}"', "'{shop: rates}'"])
def test_all_else_in_that_annotation_orders_nothing(tmp_path: Path, said: str) -> None:
    found = findings(tmp_path, {"a.yaml": ORDERED.format(said)})
    assert not any(
        why.feature == "life-cycle" for one in found.values() for why in one.evidence
    )


SHARES = "shareProcessNamespace: true"
ENDS = "ends its neighbor, or waits for it (lamp)"
TELLS = "tells lamp to read its settings again"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("curl localhost:90/quitquitquit", ENDS),
        ("curl localhost:90/quit", ENDS),
        ("curl localhost:90/shutdown", ENDS),
        ("wait-for localhost:90", ENDS),
        ("pkill lamp", ENDS),
        ("killall lamp", ENDS),
        ("--quitquitquit", "lets its neighbor end it (lamp)"),
        ("pkill -HUP lamp", TELLS),
        ("pkill -SIGHUP lamp", TELLS),
        ("kill -s HUP lamp", TELLS),
    ],
)
def test_a_command_that_ends_or_reloads_a_neighbor(
    tmp_path: Path, command: str, says: str
) -> None:
    text = placed(f"rain, args: ['{command}']", "lamp", more=SHARES)
    assert life_cycle(tmp_path, text) == [says]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(placed("rain, args: [pkill -HUP rain]", "lamp"), id="itself"),
        pytest.param(
            placed("rain, args: [killall -INT rain]", "lamp"), id="its own process"
        ),
        pytest.param(
            services("rain, depends_on: [lamp], pid: 'service:lamp'", "lamp"),
            id="a service that starts first",
        ),
        pytest.param(
            placed(
                "rain, image: '', args: [sow]",
                "lamp",
                more="initContainers: [{name: fill, image: '', args: [sow]}]",
            ),
            id="a step, where no image is told",
        ),
    ],
)
def test_what_is_no_tie_of_two_lives(tmp_path: Path, text: str) -> None:
    assert life_cycle(tmp_path, text) == []


def life_cycle(root: Path, text: str) -> list[str]:
    """Return what the feature says of `rain`."""
    found = findings(root, {path_of(text): text})
    reasons = found["rain"].evidence if "rain" in found else ()
    return [one.says for one in reasons if one.feature == "life-cycle"]
