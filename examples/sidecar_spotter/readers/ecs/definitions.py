"""Where task definitions stand in a document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sidecar_spotter.model import Group
from sidecar_spotter.readers.common.fields import Fields, fold
from sidecar_spotter.readers.ecs.documents import resources
from sidecar_spotter.readers.ecs.services import balanced, by_definition, daemon
from sidecar_spotter.readers.ecs.task import task
from sidecar_spotter.tree import Node, entries, items, line, text, walk

DEFINITION = "AWS::ECS::TaskDefinition"


@dataclass(frozen=True, slots=True)
class Definition:
    """The fields of a task definition, and what the rest of its file says of it."""

    fields: Fields
    kind: str = "task definition"
    name: str = ""
    served: tuple[int, ...] = ()
    marks: frozenset[str] = frozenset()

    def group(self, path: str, lines: list[str]) -> Group:
        """Return the unit that it defines, in a file of these *lines*."""
        fields = self.fields
        found = task(fields.choices("containerdefinitions"), fields, lines)
        top = fields.key("containerdefinitions") or fields.node
        return replace(
            found,
            path=path,
            line=line(top) if top is not None else 1,
            kind=self.kind,
            name=self.name or fields.say("family"),
            served=tuple(sorted({*self.served, *found.served})),
            marks=found.marks | self.marks,
        )


def definitions(tree: Node | None) -> Iterator[Definition]:
    """Yield every task definition of a document, wherever it stands."""
    named = {id(node): name for name, node in resources(tree, DEFINITION)}
    services = by_definition(
        Fields(node) for _, node in resources(tree, "AWS::ECS::Service")
    )
    for node in walk(tree):
        if not any(
            fold(text(name)) == "containerdefinitions" and _lists(value)
            for name, value in entries(node)
        ):
            continue
        name = named.get(id(node), "")
        if not name:
            yield Definition(Fields(node))
            continue
        mine = services[name]
        yield Definition(
            Fields(node), DEFINITION, name, tuple(balanced(mine)), daemon(mine)
        )


def _lists(node: Node) -> bool:
    """Whether a list stands there, or a function of CloudFormation that gives one."""
    return bool(items(node)) or any(
        text(name).startswith("Fn::") for name, _ in entries(node)
    )
