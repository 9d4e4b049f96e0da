"""Each feature looks at its own examples, and its page shows lines out of them.

The files are `examples/features/FEATURE/for*` and `…/against*`.
"""

import re
from pathlib import Path
from types import ModuleType

import pytest
from features import EXAMPLE
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.features import FEATURES, known_image
from sidecar_spotter.model import SIDECARS, Container, Group, Judged, Text
from sidecar_spotter.readers import read
from sidecar_spotter.verdict import judge

REPO = Path(__file__).parents[3]
EXAMPLES = REPO / "examples" / "features"
SERVED_LOG = REPO / "examples" / "pods" / "served_log"
MODULES = {
    f"{'against-' * (one.STRENGTH == 'against')}{one.NAME}": one for one in FEATURES
}

FOUND = {
    "native-sidecar/for.yaml": {"log-server": 17},
    "native-sidecar/for.nomad.hcl": {"log-server": 20},
    "shared-volume/for.yaml": {"web": 21, "log-server": 34},
    "shared-volume/for.compose.yaml": {"web": 9, "log-server": 16},
    "shared-volume/for.ecs.json": {"web": 13, "log-server": 27},
    "localhost/for.yaml": {"api": 18, "cloud-sql-proxy": 18},
    "localhost/for.compose.yaml": {"api": 8, "cloud-sql-proxy": 8},
    "localhost/for.ecs.json": {"api": 13, "cloud-sql-proxy": 13},
    "shared-namespace/for.yaml": {"web": 7, "debug": 7},
    "shared-namespace/for.compose.yaml": {"web": 13, "tailscale": 13},
    "shared-namespace/for.ecs.json": {"web": 20, "debug": 20},
    "injection/for.yaml": {"daprd": 13},
    "injection/for.namespace.yaml": {"istio-proxy": 7},
    "injection/for.nomad.hcl": {"connect-proxy": 12},
    "operator-field/for.yaml": {"otc-container": 7},
    "operator-field/for.tekton.yaml": {"database": 17},
    "traffic-interception/for.yaml": {"envoy": 17},
    "traffic-interception/for.ecs.json": {"envoy": 22},
    "second-container/for.yaml": {"web": 20, "log-server": 31},
    "second-container/for.patch.yaml": {"log-server": 5},
    "second-container/for.cloud-run.yaml": {"web": 10, "collector": 15},
    "second-container/for.ecs.json": {"web": 6, "log-server": 13},
    "life-cycle/for.yaml": {"report": 21, "cloud-sql-proxy": 31},
    "life-cycle/for.cloud-run.yaml": {"web": 10, "collector": 10},
    "life-cycle/for.ecs.json": {"api": 10, "proxy": 10},
    "helper-configuration/for.yaml": {"log-shipper": 34},
    "helper-configuration/for.ecs.json": {"log-router": 21},
    "known-image/for.yaml": {"redis": 22, "metrics": 32},
    "known-image/for.compose.yaml": {"tailscale": 6},
    "telling-name/for.yaml": {"web": 23, "log-sidecar": 36},
    "against-peers/for.yaml": {"shop": 36, "blog": 46},
    # Nothing ties these services, so they are no unit.
    "against-peers/for.compose.yaml": {},
    "against-steps/for.yaml": {"build": 8, "test": 12},
    "against-init-only/for.yaml": {"wait-for-database": 20},
    "against-node-agent/for.yaml": {"fluent-bit": 20},
    "against-test-fixture/for/tests/two-servers.yaml": {"one": 14, "two": 25},
    "against-placeholder/for.values.yaml": {"sidecars": 4},
}
"""The containers that the evidence speaks of, and its lines, in each file for."""

FILES = [
    path.relative_to(EXAMPLES).as_posix()
    for path in sorted(EXAMPLES.rglob("*.*"))
    if re.match(r"[^/]+/(for|against)\b", path.relative_to(EXAMPLES).as_posix())
]


def groups(path: Path) -> list[Group]:
    """Return the units that the spotter's readers find in a file."""
    place = path.relative_to(REPO).as_posix()
    return list(read(place, path.read_bytes(), Checkout(str(REPO))))


@pytest.mark.parametrize(
    "name",
    [name for name in FILES if "/for" in name],
)
def test_feature_is_found_where_it_is(name: str) -> None:
    """The evidence speaks of the right containers, at the right lines."""
    feature = MODULES[name.split("/")[0]]
    found = [one for group in groups(EXAMPLES / name) for one in feature.look(group)]
    assert {one.container: one.line for one in found} == FOUND[name]
    assert {one.feature for one in found} <= {feature.NAME}


@pytest.mark.parametrize(
    "name", [name for name in FILES if re.match(r"(?!against-)[^/]+/against", name)]
)
def test_false_alarm_is_none(name: str) -> None:
    """The feature sees nothing, or the verdict says that it is no sidecar."""
    feature = MODULES[name.split("/")[0]]
    for group in groups(EXAMPLES / name):
        spoken_of = {one.container for one in feature.look(group)}
        labels = {one.name: one.label for one in judge(group).findings}
        assert {labels[name] for name in spoken_of} <= {"not-a-sidecar"}


@pytest.mark.parametrize(
    "name", [name for name in FILES if re.match(r"against-[^/]+/against", name)]
)
def test_what_speaks_against_does_not_hide_a_sidecar(name: str) -> None:
    """A sidecar that is there is found, beside what the feature sees."""
    feature = MODULES[name.split("/")[0]]
    units: list[Judged] = [judge(group) for group in groups(EXAMPLES / name)]
    (helper,) = [
        one for unit in units for one in unit.findings if one.label in SIDECARS
    ]
    seen = {one.container for unit in units for one in feature.look(unit.group)}
    assert helper.name not in seen


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "pod.yaml": {"second-container", "shared-volume", "helper-configuration"},
        "pod-native.yaml": {
            "native-sidecar",
            "second-container",
            "shared-volume",
            "helper-configuration",
        },
        "compose.yaml": {
            "second-container",
            "shared-namespace",
            "shared-volume",
            "helper-configuration",
        },
    }.items(),
)
def test_running_example_scores_as_the_page_says(name: str, expected: set[str]) -> None:
    """What the features say for `log-server`, and that it is no peer of `web`."""
    (group,) = groups(SERVED_LOG / name)
    about = [
        one
        for feature in FEATURES
        for one in feature.look(group)
        if one.container == "log-server"
    ]
    assert {one.feature for one in about if one.weight >= 0} == expected
    assert "peers" not in {one.feature for one in about}


# The pages -----------------------------------------------------------------------


def test_each_feature_has_examples_and_each_example_a_feature() -> None:
    for side in ("for", "against"):
        folders = {name.split("/")[0] for name in FILES if f"/{side}" in name}
        assert folders == MODULES.keys()
    assert {name for name in FILES if "/for" in name} == FOUND.keys()


@pytest.mark.parametrize("folder", MODULES)
def test_page_shows_an_example_for_and_one_against(folder: str) -> None:
    page = text(MODULES[folder])
    shown = [example["file"] for example in EXAMPLE.finditer(page)]
    for side in ("for", "against"):
        assert any(f"examples/features/{folder}/{side}" in file for file in shown)
    named = re.findall(r"`((?:for|against)\.[\w.-]+)`", page)
    assert all((EXAMPLES / folder / name).is_file() for name in named)


@pytest.mark.parametrize("folder", MODULES)
def test_page_shows_lines_of_its_files(folder: str) -> None:
    """An example may leave lines out; the others stand so in the file."""
    for example in EXAMPLE.finditer(text(MODULES[folder])):
        lines = (REPO / example["file"]).read_text(encoding="utf-8").splitlines()
        code = example["code"].splitlines()
        assert any(holds(lines, code, " " * indent) for indent in range(24)), (
            f"not in {example['file']}:\n{example['code']}"
        )


def holds(lines: list[str], code: list[str], indent: str) -> bool:
    """Say whether *code*, indented, stands in *lines* in this order."""
    rest = iter(lines)
    return all(indent + line in rest for line in code)


@pytest.mark.parametrize("folder", MODULES)
def test_page_has_no_code_that_nothing_runs(folder: str) -> None:
    page = EXAMPLE.sub("", text(MODULES[folder]))
    fences = re.findall(r"^```.+$", page, re.MULTILINE)
    assert set(fences) <= {"```{doctest}"}
    assert (">>> " in page) == bool(fences)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.NAME)
def test_page_says_how_strong_the_feature_is(feature: ModuleType) -> None:
    strengths = re.findall(r"^\*\*(Strong|Medium|Weak)\*\*", text(feature), re.M)
    assert len(strengths) == 1
    assert feature.STRENGTH in (strengths[0].lower(), "against")


def text(feature: ModuleType) -> str:
    """Return the page of a feature."""
    assert feature.__doc__ is not None
    return feature.__doc__


@pytest.mark.parametrize(
    "image",
    [
        "{{ .Values.oauth2Proxy.image.repository }}:{{ .Values.oauth2Proxy.tag }}",
        "${OAUTH2_PROXY_IMAGE}",
        "$(oauth2-proxy-image)",
        "${var.oauth2_proxy_image}",
        "cfg.OAuth2ProxyImage",
    ],
)
def test_an_image_that_a_variable_names_counts_half(image: str) -> None:
    def weight(said: str) -> float:
        boxes = (
            Container("web", 1, image=Text("example.com/web:1", 1)),
            Container("gate", 2, image=Text(said, 2)),
        )
        group = Group("a", 1, "kubernetes", "Pod", "web", boxes)
        (found,) = (one for one in known_image.look(group) if one.container == "gate")
        assert found.says.endswith("known as auth-proxy")
        return found.weight

    assert weight(image) == weight("quay.io/oauth2-proxy/oauth2-proxy:v7") / 2 > 0
