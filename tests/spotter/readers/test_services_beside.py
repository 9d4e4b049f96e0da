"""Services in the files beside a workload tell which of its programs has callers."""

from pathlib import Path

import pytest
from scanning import findings

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till}
spec:
  template:
    metadata:
      labels: {app: till}
    spec:
      containers:
      - name: shop
        image: example.com/shop:1
        ports: [{name: http, containerPort: 8080}]
      - name: stock
        image: example.com/stock:1
        ports: [{name: work, containerPort: 8191}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: till}
spec:
  selector: {app: till}
  ports: [{port: 80, targetPort: 8080}]
"""


IDLES = "        command: [sleep, infinity]\n"
WAITS = "        command: [tail, -f, /dev/null]\n"
THIRD = "      - {name: rain, image: example.com/rain:1}\n"
BOTH = ", {port: 81, targetPort: work}]"


def stock(root: Path, files: dict[str, str]) -> tuple[str, str]:
    """Return label and reason of the container that no Service names."""
    found = findings(root, files)["stock"]
    return found.label, found.why


def test_who_answers_where_no_service_leads_serves_the_neighbor(tmp_path: Path) -> None:
    files = {"a/deployment.yaml": WORKLOAD, "a/service.yaml": SERVICE}
    why = "answers on port 8191, and Services lead to shop alone"
    assert stock(tmp_path, files) == ("sidecar", why)


@pytest.mark.parametrize(
    ("workload", "service"),
    [
        pytest.param(WORKLOAD, "", id="no Service is there"),
        pytest.param(WORKLOAD.replace("work", "metrics"), SERVICE, id="for numbers"),
        pytest.param(WORKLOAD.replace("work", "healthz"), SERVICE, id="for health"),
        pytest.param(WORKLOAD, SERVICE.replace("]", BOTH), id="it leads to both"),
        pytest.param(
            WORKLOAD, SERVICE.replace("{app: till}", "{app: x}"), id="to others"
        ),
        pytest.param(WORKLOAD, SERVICE.replace("Service", "Route"), id="no Service"),
        pytest.param(f"{WORKLOAD}{IDLES}", SERVICE, id="who only waits"),
        pytest.param(f"{WORKLOAD}{THIRD}", SERVICE, id="beside a third"),
        pytest.param(f"{WORKLOAD}{WAITS}", SERVICE, id="who waits in three words"),
    ],
)
def test_else_nothing_says_whom_it_serves(
    workload: str, service: str, tmp_path: Path
) -> None:
    files = {"a/deployment.yaml": workload, "a/service.yaml": service}
    assert stock(tmp_path, files)[0] == "not-a-sidecar"


def test_what_is_called_as_a_main_program_may_have_callers_elsewhere(
    tmp_path: Path,
) -> None:
    workload = WORKLOAD.replace("name: shop", "name: till")
    workload = workload.replace("name: stock", "name: server")
    files = {"a/deployment.yaml": workload, "a/service.yaml": SERVICE}
    found = findings(tmp_path, files)
    assert {one.label for one in found.values()} == {"main", "not-a-sidecar"}


BEHIND = WORKLOAD.replace("name: shop", "name: api-server").replace(
    "ports: [{name: http, containerPort: 8080}]",
    "readinessProbe: {httpGet: {path: /ready, port: 8080}}",
)
FIRST = SERVICE.replace("8080", "8191")


def test_who_alone_gets_the_requests_stands_in_front_of_a_server(
    tmp_path: Path,
) -> None:
    files = {"a/deployment.yaml": BEHIND, "a/service.yaml": FIRST}
    why = "gets all requests, and api-server answers behind it on port 8080"
    assert stock(tmp_path, files) == ("sidecar", why)


@pytest.mark.parametrize(
    ("workload", "service"),
    [
        pytest.param(BEHIND, "", id="no Service is there"),
        pytest.param(BEHIND.replace("8080", "8191"), FIRST, id="on the same port"),
        pytest.param(BEHIND, FIRST.replace("]", ", {port: 8080}]"), id="both get some"),
        pytest.param(BEHIND.replace("api-server", "mailer"), FIRST, id="no server"),
        pytest.param(BEHIND.replace("api-server", "worker"), FIRST, id="a worker"),
        pytest.param(f"{BEHIND}{THIRD}", FIRST, id="beside a third"),
    ],
)
def test_else_it_is_no_front(workload: str, service: str, tmp_path: Path) -> None:
    files = {"a/deployment.yaml": workload, "a/service.yaml": service}
    assert stock(tmp_path, files)[0] != "sidecar"


def test_a_template_of_openshift_has_its_services_beside_its_workloads(
    tmp_path: Path,
) -> None:
    objects = [f"- {one.strip()}".replace("\n", "\n  ") for one in (BEHIND, FIRST)]
    text = "kind: Template\nobjects:\n" + "\n".join(objects) + "\n"
    assert stock(tmp_path, {"template.yaml": text})[0] == "sidecar"


def test_what_is_known_as_a_helper_needs_no_service_to_tell(tmp_path: Path) -> None:
    workload = WORKLOAD.replace("example.com/stock", "envoyproxy/envoy")
    files = {"a/deployment.yaml": workload, "a/service.yaml": SERVICE}
    assert stock(tmp_path, files) == ("sidecar", "runs beside shop and serves it")


def test_a_comment_that_calls_it_a_sidecar_hides_no_callers(tmp_path: Path) -> None:
    workload = WORKLOAD.replace(
        "- name: stock", "# a sidecar, for now\n      - name: stock"
    )
    service = SERVICE.replace("]", BOTH)
    files = {"a/deployment.yaml": workload, "a/service.yaml": service}
    why = "is reached from outside, as shop is"
    assert stock(tmp_path, files) == ("not-a-sidecar", why)


def test_a_service_of_another_folder_may_be_for_another_workload(
    tmp_path: Path,
) -> None:
    files = {"a/deployment.yaml": WORKLOAD, "b/service.yaml": SERVICE}
    assert stock(tmp_path, files)[0] == "not-a-sidecar"
