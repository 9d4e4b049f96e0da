"""Manifests of Kubernetes, values for charts, and texts that hold units."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

import yaml

from sidecar_spotter.model import Group, Text
from sidecar_spotter.readers import kubernetes, nomad
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.readers.hcl.nodes import HEREDOC
from sidecar_spotter.readers.terraform.file import TEXTS, Block, File
from sidecar_spotter.tables import injectors
from sidecar_spotter.tree import Unreadable, items, line, text, walk


def manifest(file: File, block: Block) -> Iterator[Group]:
    """Yield the units of a Kubernetes object that is written as an object of HCL."""
    lines = [one.encode("utf-8", "replace") for one in file.lines]
    for node in block.fields.each("manifest"):
        yield from kubernetes.units(file.path, node, lines)


OF_PODS = re.compile(
    r"(?:^|\.)\w*(?:pod|deployment)_?(?:annotations|labels)\.(.+)$", re.IGNORECASE
)
"""A value for a chart that becomes an annotation or a label of its pods."""


def chart(file: File, block: Block) -> Iterator[Group]:
    """Yield what the values that a chart is given add, and what they ask for.

    They may be a text, an object in HCL, or single ones by their paths.
    """
    lines = [one.encode("utf-8", "replace") for one in file.lines]
    for node in block.fields.each("values"):
        for one in items(node) or [node]:
            if one.tag == HEREDOC:
                file.taken.add(id(one))
                data = b"\n" * line(one) + text(one).encode("utf-8", "replace")
                with suppress(Unreadable):
                    yield from list(kubernetes.read(file.path, data, file.look))
            elif isinstance(one, yaml.MappingNode):
                yield from kubernetes.units(file.path, one, lines)
    pairs = [
        (Text(name[1].replace("\\", ""), line(at)), Text(one.say("value"), line(at)))
        for one in islice(block.fields.mappings("set"), TEXTS)
        if (at := one.get("name")) is not None
        and (name := OF_PODS.search(say(at))) is not None
    ]
    if asked := tuple(injectors.requests(pairs, "pod")):
        at_ = line(block.label)
        yield Group(file.path, at_, "kubernetes", "Chart", block.name, requests=asked)


def texts(file: File) -> Iterator[Group]:
    """Yield the units in texts of a file that are YAML or a job of Nomad."""
    budget = TEXTS
    for node in walk(file.tree):
        if node.tag != HEREDOC or id(node) in file.taken:
            continue
        budget -= 1 + line(node) // 1000  # the empty lines in front cost time, too
        if budget < 0:
            raise Unreadable(f"holds more than {TEXTS} texts")
        data = b"\n" * line(node) + text(node).encode("utf-8", "replace")
        try:
            if nomad.suits("x.nomad", data):
                yield from nomad.read(file.path, data, file.look)
            elif kubernetes.suits("x.yaml", data) and b"apiVersion" in data:
                for group in kubernetes.read(file.path, data, file.look):
                    yield replace(group, marks=group.marks | {"embedded"})
        except Unreadable:
            continue  # it was another kind of text
