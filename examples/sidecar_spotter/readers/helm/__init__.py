"""Helm charts and other Go templates of Kubernetes YAML, read without helm.

A template is no YAML before it is rendered, and rendering needs values that nobody
gave us. So its text is made into YAML that says as much: lines that only steer (`if`,
`range`, `end`) are emptied, every expression becomes one word that stands for it, and
a named template that the chart defines is put where it is included. Both sides of an
`if` stay, since the question is what the chart can deploy. No line moves.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sidecar_spotter.checkout.forms import ADDED as MADE_OF
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group
from sidecar_spotter.parse import compose, documents_in, without_statements
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.helm.named import named_templates, pieces
from sidecar_spotter.readers.helm.page import ADDED, Page
from sidecar_spotter.readers.helm.parts import named_part
from sidecar_spotter.readers.helm.values import with_values
from sidecar_spotter.tables import injectors
from sidecar_spotter.tree import Node, Unreadable

FORMS = ("yaml", "json", "template")

STEERED = re.compile(rb"^[ \t]*\{\{-? *(?:if|else|end|range|with|define)\b", re.M)
"""A line that only steers, which makes a template of a file wherever it lies."""

BEGUN = re.compile(rb"^[ \t]*(?:- +)*[\w./-]+:[ \t]+\{\{", re.M)
"""A plain value that begins with an expression, which is no YAML, or another value."""

NAMED = re.compile(rb"\s*\{\{-?\s*(?:define|block)\s")

LOOPED = re.compile(
    r"\{\{-? *(?:tpl +)?(?:\(?toString +)?"
    r"(?:\$\w+(?:\.\w+)*\b|\.[a-z]\w*\b|\.(?=[ |}]))"
    r"[^{}]{0,80}\}\}"
)
"""What a loop's variable says: `$one.name`, or the dot that it sets, or its `.name`."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file is a template that could hold a unit."""
    if b"{{" not in data or form_of(path) not in FORMS:
        return False
    if kubernetes.hinted(data, path):
        return True
    return b"define " in data and (b"image:" in data or injectors.mentioned(data))


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units of all documents, and those that named templates hold."""
    data = without_statements(data)
    if not _is_template(path, data):
        # Braces in a string or a comment do not make a template.
        with suppress(Unreadable):
            yield from list(kubernetes.read(path, data, look))
            return
    lines = data.split(b"\n")
    known = {
        name: with_values(body, path, look, ADDED)
        for name, body in named_templates(path, look).items()
    }
    with_images = [b'"%s"' % name.encode() for name, body in known.items() if body]
    ways: list[kubernetes.Way] = []
    found: list[Group] = []
    fault: Unreadable | None = None
    for before, part in pieces(data):
        named = NAMED.match(part) is not None and (
            b"\nimage:" in part
            or (b"- name" in part and b"image" in part)
            or injectors.mentioned(part)
        )
        hint = named or kubernetes.hinted(part, path)
        includes = b"include" in part and any(name in part for name in with_images)
        if not hint and b"kind: Service" not in part and not includes:
            continue
        try:
            body = with_values(part.decode("utf-8", "replace"), path, look, ADDED)
            page = Page(body, known)
        except Unreadable as error:
            fault = fault or error
            continue
        plain = page.plain.encode("utf-8", "replace")
        hint = named or kubernetes.hinted(plain, path)
        if not hint and b"kind: Service" not in part:
            continue
        try:
            tree = page.tree(before)
        except Unreadable as error:
            fault = fault or error
            continue
        ways += kubernetes.ways_in(tree)
        # A container that is all of a named template is that template's part.
        for group in (
            *(
                one
                for one in kubernetes.units(path, tree, lines)
                if not named or one.kind != "container"
            ),
            *named_part(path, part, tree, look),
        ):
            boxes = tuple(
                page.with_condition(box, before)
                for box in group.containers
                if not (_is_users(box) and page.loops_over(box, group.line, before))
            )
            marks = group.marks | {"template"}
            whole = replace(group, containers=boxes, marks=marks)
            found += page.sides_of(whole, before)
        if found and found[-1].line > before:
            found[-1] = replace(
                found[-1], requests=found[-1].requests + tuple(page.fills(before))
            )
    for group in kubernetes.with_maps(found, path, look, partial(_composed, known)):
        yield kubernetes.with_ways(group, ways)
    if fault is not None:
        raise fault


def _composed(known: dict[str, str], part: bytes) -> Node | None:
    """Return a document of a template, which may include *known* named templates."""
    with suppress(Unreadable):
        return Page(part.decode("utf-8", "replace"), known).tree(0)
    return None


def _is_template(path: str, data: bytes) -> bool:
    """Whether a file with braces is no YAML before it is rendered.

    Its folder tells, or a line that only steers, unless that is one of a text which
    the file holds. Where its name tells of a template, so does a value that begins
    with an expression.
    """
    if "templates" in path.split("/") or path.endswith(".tpl"):
        return True
    if STEERED.search(data) is not None:
        return not _is_yaml(data)
    called = path.lower().rpartition(".")[2] in MADE_OF
    return called and BEGUN.search(data) is not None


def _is_yaml(data: bytes) -> bool:
    """Whether all of a file is YAML as it stands."""
    try:
        for before, part in documents_in(data):
            compose(part, before)
    except Unreadable:
        return False
    return True


def _is_users(box: Container) -> bool:
    """Whether a container is one of those that users may list in the values.

    A loop over such a list takes name and image from its variable.
    """
    if not LOOPED.fullmatch(box.name):
        return False
    return box.image is None or LOOPED.match(box.image.text) is not None
