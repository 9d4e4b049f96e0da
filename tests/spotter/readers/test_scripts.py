"""Manifests in here-documents, and what the commands of a script ask for."""

from pathlib import Path

import pytest
from scanning import scanned
from sidecar_spotter.model import Report


def labels(report: Report) -> dict[str, tuple[str, int]]:
    """Return label and line by container."""
    return {
        one.name: (one.label, one.line)
        for judged in report.groups
        for one in judged.findings
    }


SCRIPT = """\
#!/bin/sh
set -eu
kubectl apply -n orchard -f - <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: press
spec:
  containers:
  - name: press
    image: example.com/press
    command: ["sh", "-c", "echo \\"\\$(date)\\" >> /var/log/press/a.log"]
    volumeMounts: [{name: logs, mountPath: /var/log/press}]
  - name: tail
    image: busybox
    command: ["tail", "-f", "/var/log/press/a.log"]
    volumeMounts: [{name: logs, mountPath: /var/log/press}]
  volumes: [{name: logs, emptyDir: {}}]
EOF
echo done
"""


def test_a_manifest_stands_in_a_here_document_of_a_script(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"install.sh": SCRIPT})
    found = labels(report)
    assert found == {"press": ("main", 10), "tail": ("sidecar", 14)}
    assert report.verdict == "uses-sidecar"
    assert report.skipped == ()


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("<<'EOF'", "EOF"),
        ("<<-EOF", "\tEOF"),
        ('<< "YAML"', "YAML"),
        ("<<\\EOF", "EOF"),
    ],
)
def test_its_word_may_be_quoted_or_indented(
    tmp_path: Path, begin: str, end: str
) -> None:
    text = SCRIPT.replace("<<EOF", begin).replace("\nEOF\n", f"\n{end}\n")
    text = text.replace("\\$", "$") if "-" not in begin else text
    assert set(labels(scanned(tmp_path, {"a.bash": text}))) == {"press", "tail"}


def test_a_here_document_may_hold_several_documents_and_no_manifest(
    tmp_path: Path,
) -> None:
    other = "cat > notes.txt <<EOF\ncontainers: are fine\nEOF\n"
    space = "cat <<EOF | kubectl apply -f -\nkind: Service\n---\n"
    text = SCRIPT.replace("kubectl apply -n orchard -f - <<EOF\n", other + space)
    found = labels(scanned(tmp_path, {"install.sh": text}))
    assert found == {"press": ("main", 15), "tail": ("sidecar", 19)}


def test_a_script_that_ends_too_early_or_shifts_is_no_document(tmp_path: Path) -> None:
    text = SCRIPT.replace("\nEOF\n", "\n").replace("<<EOF", "<<<EOF")
    report = scanned(tmp_path, {"install.sh": text, "b.sh": "x=$((1<<3))\n" * 9})
    assert labels(report) == {}
    assert report.skipped == ()


LESSON = """\
title: Two in one Pod
solution:
  steps:
    - |
      kubectl apply -f - <<EOF
      apiVersion: v1
      kind: Pod
      metadata:
        name: press
      spec:
        containers:
        - name: press
          image: nginx
          volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
        - name: tail
          image: busybox
          command: ["tail", "-f", "/var/log/nginx/access.log"]
          volumeMounts: [{name: logs, mountPath: /var/log/nginx}]
        volumes: [{name: logs, emptyDir: {}}]
      EOF
"""


def test_a_text_in_yaml_may_be_such_a_script(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"lesson.yaml": LESSON})
    assert labels(report) == {"press": ("main", 12), "tail": ("sidecar", 15)}
    assert report.skipped == ()


@pytest.mark.parametrize(
    ("command", "container", "label"),
    [
        ("kubectl label namespace shop istio-injection=enabled", "istio-proxy", True),
        (
            "  kubectl label ns shop \\\n  istio-injection=disabled",
            "istio-proxy",
            False,
        ),
        ("oc annotate ns shop linkerd.io/inject=enabled", "linkerd-proxy", True),
        (
            'kubectl -n a patch deploy web -p \'{"spec":{"template":{"metadata":'
            '{"annotations":{"dapr.io/enabled":"true"}}}}}\'',
            "daprd",
            True,
        ),
        ("az containerapp create -n web --enable-dapr --image x", "daprd", True),
        ("az containerapp create -n web --enable-dapr false", "daprd", False),
    ],
)
def test_a_command_may_ask_for_a_sidecar(
    tmp_path: Path, command: str, container: str, label: bool
) -> None:
    text = f"#!/bin/bash\nset -e\n{command}\n"
    report = scanned(tmp_path, {"up.sh": text})
    expected = "injected-sidecar" if label else "not-a-sidecar"
    assert labels(report)[container][0] == expected
    assert report.verdict == ("uses-sidecar" if label else "no-sidecar")


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get pods -l dapr.io/enabled=true",
        "# kubectl label namespace shop istio-injection=enabled",
        "echo 'kubectl label namespace shop istio-injection=enabled'",
        "kubectl label namespace shop istio-injection-",
        "az containerapp show --name web",
    ],
)
def test_a_command_that_only_looks_asks_for_nothing(tmp_path: Path, line: str) -> None:
    assert labels(scanned(tmp_path, {"up.sh": f"{line}\n"})) == {}


@pytest.mark.parametrize(
    "text",
    [
        "<<A\n" * 20_000,
        "kubectl label ns a=b \\\n" * 20_000,
        "kubectl patch -p '{" * 20_000,
        "kubectl " + "patch " * 20_000,
        "kubectl a 'b \\\n" * 20_000,
        "az containerapp x --enable-dap " * 20_000,
    ],
    ids=["documents", "labels", "patches", "words", "quotes", "options"],
)
def test_a_script_that_never_ends_what_it_begins_costs_little(
    tmp_path: Path, text: str
) -> None:
    report = scanned(tmp_path, {"up.sh": text})
    assert report.groups == ()
    assert report.skipped == ()
