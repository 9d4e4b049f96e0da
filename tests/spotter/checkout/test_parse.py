"""Trees keep their lines, whatever stands in front of them, and end well."""

import re
import sys
from collections.abc import Iterator

import pytest
import yaml
from reading import refuses
from sidecar_spotter import parse, tree
from sidecar_spotter.readers.hcl import hcl
from sidecar_spotter.tree import Unreadable

PODS = b"".join(
    b"---\nkind: Pod\nspec:\n  containers:\n  - {name: a%d}\n" % number
    for number in range(400)
)


def test_lines_count_from_the_top_of_the_file() -> None:
    found = []
    for before, part in parse.documents_in(PODS):
        node = parse.compose(part, before)
        for box in tree.items(tree.get(node, "spec", "containers")):
            name = tree.get(box, "name")
            assert name is not None
            found.append((tree.text(name), tree.line(name)))
    rows = PODS.decode().split("\n")
    assert len(found) == 400
    assert all(name in rows[line - 1] for name, line in found)


def test_a_fault_is_told_with_its_line_in_the_file() -> None:
    data = b"a: 1\n" * 999 + b"---\na: [\nb: }\n"
    before, part = list(parse.documents_in(data))[-1]
    with pytest.raises(Unreadable, match=r"\(line 1002\)"):
        parse.compose(part, before)


@pytest.mark.parametrize("documents", [1, 120])
@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            "compose.yaml",
            "services:\n  a:\n    image: {{ a }}\n",
            "services:\n  b:\n    image: [\n",
        ),
        (
            "task.yaml",
            "containerDefinitions:\n- {name: a, image: '{{ a }}'}\n",
            "containerDefinitions:\n- {name: b, image: [}\n",
        ),
        (
            "app.yaml",
            "type: Microsoft.App/containerApps\nproperties: {containers: []}\n",
            "type: Microsoft.App/containerApps\nproperties: {containers: [}\n",
        ),
    ],
)
def test_a_reader_tells_a_fault_with_its_line_in_the_file(
    path: str, good: str, bad: str, documents: int
) -> None:
    alone = line_of(refuses(path, bad))
    ahead = f"{good}---\n" * documents
    assert line_of(refuses(path, ahead + bad)) == ahead.count("\n") + alone


def line_of(reason: str) -> int:
    match = re.search(r"\(line (\d+)\)$", reason)
    assert match is not None, reason
    return int(match[1])


def test_a_document_is_not_read_behind_all_that_is_in_front_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = []

    class Counting(parse.Loader):
        def __init__(self, data: bytes) -> None:
            given.append(len(data))
            super().__init__(data)

    monkeypatch.setattr(parse, "Loader", Counting)
    for before, part in parse.documents_in(PODS):
        parse.compose(part, before)
    assert sum(given) < len(PODS) + len(given) * parse.FAR


@pytest.fixture
def little_stack() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("little_stack")
def test_a_small_stack_is_told_as_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(yaml.BaseLoader):  # as where libyaml is missing: in a browser
        pass

    monkeypatch.setattr(parse, "Loader", Slow)
    deep = b"a: " + b"[" * 200 + b"]" * 200
    with pytest.raises(Unreadable, match="nested too deep"):
        parse.compose(deep)


@pytest.mark.usefixtures("little_stack")
def test_lists_in_lists_of_hcl_end_as_well() -> None:
    with pytest.raises(Unreadable, match="nested too deep"):
        hcl(b"a = " + b"[" * 90 + b"]" * 90)
