"""The text on a feature, from the module of the spotter that looks for it.

``{feature} shared-volume`` makes a section of the docstring of
``examples/sidecar_spotter/features/shared_volume.py``: its first line becomes the
heading, with the label ``feature-shared-volume``, or ``against-…`` for a feature that
speaks against a sidecar. The rest is Markdown as on any page. An example is a line that
ends with the name of its file, and a block with lines of that file::

    Kubernetes (`examples/features/shared-volume/for.yaml`):

    ```yaml
    volumes:
    ```

Examples that follow one another become tabs. A module is read and not imported, so a
build needs nothing of what the spotter needs.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

logger = logging.getLogger(__name__)

MODULES = Path(__file__).parents[2] / "examples" / "sidecar_spotter" / "features"

EXAMPLE = re.compile(
    r"^(?P<what>.+) \(`(?P<file>examples/features/[^`]+)`\):\n\n"
    r"```(?P<language>\w+)\n(?P<code>(?:.*\n)*?)```\n+",
    re.MULTILINE,
)
TABS = re.compile(r"(?:^:::\{tab-item\} (?:.*\n)+?:::\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Feature:
    """What a module says of its feature."""

    path: Path
    name: str
    strength: str
    text: str

    @property
    def label(self) -> str:
        """The label of the feature's section."""
        return f"{'against' if self.strength == 'against' else 'feature'}-{self.name}"

    @property
    def title(self) -> str:
        """The heading of the feature's section."""
        return self.text.partition("\n")[0]

    @property
    def body(self) -> str:
        """What stands below the heading, with the examples as tabs."""
        body = self.text.partition("\n")[2] + "\n"
        return TABS.sub("::::{tab-set}\n\\g<0>::::\n\n", EXAMPLE.sub(tab, body))


@cache
def features() -> dict[str, Feature]:
    """Return every feature by its name; a build reads their modules once."""
    found = map(feature, sorted(MODULES.glob("[!_]*.py")))
    return {one.name: one for one in found}


def feature(path: Path) -> Feature:
    """Return what the module at *path* says of its feature."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    values = {
        target.id: ast.literal_eval(statement.value)
        for statement in module.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in ("NAME", "STRENGTH")
    }
    text = ast.get_docstring(module) or ""
    return Feature(path, values["NAME"], values["STRENGTH"], text)


def tab(found: re.Match[str]) -> str:
    """Return one example as a tab."""
    what, file, language, code = found.groups()
    block = f"```{{code-block}} {language}\n:caption: {file}\n\n{code}```\n"
    key = re.sub(r"\W+", "-", what).strip("-").lower()
    return f":::{{tab-item}} {what}\n:sync: {key}\n{block}:::\n"


class FeatureDirective(SphinxDirective):
    """The section on one feature."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the section, or warn where no module has the name."""
        one = features().get(self.arguments[0])
        if one is None:
            logger.warning(
                "no module for the feature %r",
                self.arguments[0],
                location=self.get_location(),
                type="features",
            )
            return []
        self.env.note_dependency(str(one.path))
        target = nodes.target("", "", ids=[one.label], names=[one.label])
        section = nodes.section("", nodes.title(one.title, one.title))
        section["names"].append(nodes.fully_normalize_name(one.title))
        for made in (target, section):
            self.set_source_info(made)
        self.state.document.note_explicit_target(target, self.state_machine.node)
        self.state.document.note_implicit_target(section, section)
        section += nested_parse_to_nodes(self.state, one.body, source=str(one.path))
        return [target, section]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("feature", FeatureDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
