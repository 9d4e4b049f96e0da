"""Which program is the main one where a template or a program writes its unit."""

import re
from pathlib import Path

import pytest
from beginnings import placed
from scanning import findings, labels, said_of

PORT = "ports: [{containerPort: %d}]"
CALLS = "env: [{name: TO, value: 'localhost:7001'}]"
JOINS = "network_mode: service:{}"
EARLY = "initContainers: [{name: rain, image: example.com/rain, restartPolicy: Always}]"


def go(function: str, *boxes: str) -> str:
    """Return a function of Go that builds these containers."""
    inside = "".join(f"\t\t{{{box}}},\n" for box in boxes)
    return (
        'package shop\n\nimport corev1 "k8s.io/api/core/v1"\n\n'
        f"func {function}() []corev1.Container {{\n"
        f"\treturn []corev1.Container{{\n{inside}\t}}\n}}\n"
    )


def chart(*rows: str, name: str = "trial", kind: str = "Pod") -> str:
    """Return a workload that a chart makes, be it only by its name."""
    return "# chart\n" + placed(*rows, name=name, kind=kind)


def named(name: str) -> str:
    return f"'{{{{ include \"{name}.fullname\" . }}}}'"


def optional(*rows: str, always: tuple[str, ...], served: tuple[int, ...] = ()) -> str:
    """Return a workload of which a chart makes the containers of these rows optional.

    The whole stands under a condition as well.
    """
    text = placed(*rows, *always, kind="Deployment", served=served)
    for row in rows:
        name = row.partition(",")[0]
        text = re.sub(
            rf"( +)- {{name: {name}, .*\n",
            lambda box: (
                f"{box[1]}{{{{- if .Values.a }}}}\n{box[0]}{box[1]}{{{{- end }}}}\n"
            ),
            text,
        )
    first, *more = text.split("---\n")
    return "---\n".join(
        (f"# chart\n{{{{- if .Values.on }}}}\n{first}{{{{- end }}}}\n", *more)
    )


SIGNS: list[tuple[str, ...]] = [
    (
        "chart's name",
        "# chart\n"
        + placed(
            f"server, image: a, {PORT % 80}",
            "'{{ .Chart.Name }}'",
            name=named("lamp"),
            served=(80,),
        ),
        "{{ .Chart.Name }}",
    ),
    (
        "after an expression",
        chart("rain", "disk-red", name="'{{ .Release.Name }}-disk'", kind="Deployment"),
        "rain",
    ),
    (
        "longer than no name",
        chart("'{{ .Values.n }}'", "rain", name="''", kind="Deployment"),
        "{{ .Values.n }}",
    ),
    (
        "no image in code",
        go("list", 'Name: "rain", Image: "a"', 'Name: "lamp"'),
        "rain",
    ),
    (
        "chart's image",
        chart("app, image: a", "lamp, image: '{{ .Values.image.repository }}'"),
        "lamp",
    ),
    (
        "what a function makes",
        go(
            "makeImporterContainers",
            'Name: "rain", Image: "a"',
            'Name: "rows-importer", Image: "b"',
        ),
        "rows-importer",
    ),
    (
        "helper that a function makes",
        go(
            "makeExporterServer",
            'Name: "rain", Image: "pgbouncer"',
            'Name: "shop-exporter", Image: "b"',
        ),
        "rain",
    ),
    (
        "store by a value in code",
        go(
            "list", 'Name: "rows", Image: cfg.PostgresImage', 'Name: "rain", Image: "a"'
        ),
        "rain",
    ),
    (
        "store in a chart",
        chart("rows, image: '{{ .Values.postgres.image }}'", "rain"),
        "rows",
    ),
    ("always there", optional("rain", "lamp", always=("relay, image: a",)), "relay"),
    ("one of two", optional("rain", always=("relay, image: a",)), "rain"),
    (
        "one of three",
        optional(
            f"server, image: a, {PORT % 80}", always=("rain", "lamp"), served=(80,)
        ),
        "server",
    ),
    (
        "one value",
        chart("rain", "'{{ .Values.lamp }}'", name="'{{ .Values.lamp }}'"),
        "{{ .Values.lamp }}",
    ),
    ("chart of the unit", chart("server", "lamp", name=named("lamp")), "lamp"),
    (
        "chart in the unit",
        chart("rain", "lamp", name="'{{ include \"lamp.name\" . }}-x'"),
        "lamp",
    ),
    (
        "no chart in the unit",
        chart("rain", "lamp", name="'{{ .Release.Name }}-x'"),
        "rain",
    ),
    ("no word in a name", chart("rain", "'{{ .Values.n }}'"), "rain"),
]
CASES = [
    pytest.param(text, name, *(rest or ("main", None)), id=i)
    for i, text, name, *rest in SIGNS
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_which_program_of_a_template_is_the_main_one(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)


@pytest.mark.parametrize("whole", [True, False], ids=["optional", "always there"])
@pytest.mark.parametrize(
    ("optional", "main"), [(("rain", "lamp"), "relay"), (("rain",), "rain")]
)
def test_who_is_there_in_any_case_is_the_main_one_of_many(
    optional: tuple[str, ...], main: str, whole: bool, tmp_path: Path
) -> None:
    text = placed("relay", kind="Deployment")
    for name in optional:
        box = f"- {{name: {name}, image: example.com/{name}}}"
        text += (
            f"      {{{{- if .Values.{name} }}}}\n      {box}\n      {{{{- end }}}}\n"
        )
    text = f"{{{{- if .Values.all }}}}\n{text}{{{{- end }}}}\n" if whole else text
    found = labels(tmp_path, {"chart/templates/a.yaml": text})
    assert [name for name, label in found.items() if label == "main"] == [main]


GATEWAY = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge}
spec:
  template:
    spec:
      containers:
      - name: keys-server
        image: "{{ .Values.edge.keys.image }}"
        volumeMounts: [{name: keys, mountPath: /run/keys}]
      - name: istio-proxy
        image: "{{ .Values.global.proxy.image }}"
        args: [proxy, PART, --domain, shop.example.com]
        volumeMounts: [{name: keys, mountPath: /run/keys}]
"""


@pytest.mark.parametrize("part", ["router", "ingress"])
def test_a_proxy_whose_command_makes_it_a_gateway_is_what_its_pod_is_for(
    tmp_path: Path, part: str
) -> None:
    files = {"chart/templates/a.yaml": GATEWAY.replace("PART", part)}
    found = findings(tmp_path, files)
    assert (found["istio-proxy"].label, found["istio-proxy"].role) == (
        "main",
        "gateway",
    )
    assert found["keys-server"].serves == "istio-proxy"


def test_one_whose_command_makes_it_a_sidecar_is_there_for_its_neighbor(
    tmp_path: Path,
) -> None:
    files = {"chart/templates/a.yaml": GATEWAY.replace("PART", "sidecar")}
    assert findings(tmp_path, files)["istio-proxy"].serves == "keys-server"
