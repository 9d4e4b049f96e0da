"""How a file is written, by its name alone."""

import re
from typing import Literal

Form = Literal[
    "yaml",
    "json",
    "hcl",
    "bicep",
    "unit",
    "go",
    "program",
    "template",
    "jsonnet",
    "jenkins",
    "shell",
]
"""How a file is written: a unit is one of systemd's; a template can become any."""

FORMS: dict[str, Form] = {
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "tf": "hcl",
    "tofu": "hcl",
    "tfvars": "hcl",
    "hcl": "hcl",
    "nomad": "hcl",
    "job": "hcl",
    "bicep": "bicep",
    "container": "unit",
    "pod": "unit",
    "kube": "unit",
    "go": "go",
    "ts": "program",
    "py": "program",
    "js": "program",
    "java": "program",
    "cs": "program",
    "kt": "program",
    "rs": "program",
    "tpl": "template",
    "tmpl": "template",
    "gotmpl": "template",
    "tftpl": "template",
    "template": "template",
    "golden": "template",
    "j2": "template",
    "jinja2": "template",
    "jinja": "template",
    "ps1": "shell",
    "cmd": "shell",
    "bat": "shell",
    "mk": "shell",
    "jsonnet": "jsonnet",
    "libsonnet": "jsonnet",
    "cue": "jsonnet",
    "groovy": "jenkins",
    "jenkinsfile": "jenkins",
    "sh": "shell",
    "bash": "shell",
}
"""By the end of a file's name."""
JENKINS = re.compile(r"(?:^|/)Jenkinsfile[^/]*$")
"""Files whose form their name tells, whatever follows it."""
RECIPES = re.compile(r"(?:^|/)(?:(?:GNU)?[Mm]akefile|\.?[Jj]ustfile)$")
"""Files of recipes, each of which is a script."""
ADDED = frozenset(
    (
        *("tpl", "tmpl", "gotmpl", "tftpl", "template", "j2", "jinja2", "jinja"),
        *("erb", "in", "mustache", "hbs", "ctmpl", "envsubst"),
        *("dist", "example", "sample", "golden", "injected", "snap"),
    )
)
"""Ends that are added to a name: of templates and of examples of what they make."""

PROSE = frozenset(("md", "txt", "html", "sh", "sql", "rst", "adoc", "css"))
"""Ends of names of templates of which no deployment comes."""


def form_of(path: str) -> Form | None:
    """Return how the file at *path* is written; None where it holds no deployment."""
    start, _, end = path.lower().rpartition(".")
    if JENKINS.search(path):
        return "jenkins"
    if RECIPES.search(path):
        return "shell"
    if end in ADDED and start.rpartition(".")[2] in PROSE:
        return None
    if end == "snap" and not start.endswith((".yaml", ".yml")):
        return None  # what else is kept for tests are values of programs
    if end in ADDED and (form := FORMS.get(start.rpartition(".")[2])) is not None:
        return form
    return FORMS.get(end) if start else None
