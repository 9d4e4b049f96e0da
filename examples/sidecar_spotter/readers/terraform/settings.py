"""Values for variables: files of Terraform's own, and the inputs of Terragrunt.

They hand containers to a module that stands elsewhere, as a block `module` does.

https://developer.hashicorp.com/terraform/language/values/variables
https://terragrunt.gruntwork.io/docs/reference/hcl/attributes/#inputs
"""

from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.model import Group
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.hcl.nodes import scalar
from sidecar_spotter.readers.terraform import modules
from sidecar_spotter.readers.terraform.file import Block, File
from sidecar_spotter.readers.terraform.tasks import task
from sidecar_spotter.tree import Node, entries, line, text


def given(file: File) -> Iterator[Group]:
    """Yield the unit of the containers to which a file sets variables."""
    for label, body in _settings(file):
        fields = Fields(body, file.names)
        found = list(task(file, Block("module", label, fields)))
        for group in found or modules.handed(label, body, file.names, file.lines):
            yield replace(group, path=file.path)


def _settings(file: File) -> Iterator[tuple[Node, Node]]:
    """Yield a name for the values that a file sets, and the values."""
    if file.path.endswith(".tfvars") and file.tree is not None:
        yield scalar(file.path.rpartition("/")[2], 1), file.tree
    for name, value in entries(file.tree):
        if text(name) == "inputs" and isinstance(value, yaml.MappingNode):
            # The source tells of the platform, as that of a module does.
            source = Fields(file.tree).under("terraform").said("source")
            pairs = list(value.value)
            if source is not None:
                at = source.line
                pairs.append((scalar("source", at), scalar(source.text, at)))
            body = yaml.MappingNode("!block", pairs, value.start_mark, None)
            yield scalar("inputs", line(name)), body
