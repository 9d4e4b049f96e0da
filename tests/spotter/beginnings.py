"""Manifests that many tests begin with."""

from textwrap import dedent, indent

WORKLOAD = """\
kind: Deployment
spec:
  template:
    spec:
      containers:
"""
"""The head of a workload, whose list of containers follows."""


def pod(boxes: str, kind: str = "Pod", name: str = "trial") -> str:
    """Return a Pod, or a workload of another kind, with what stands in its spec."""
    head = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
    head += "" if kind == "Pod" else "  selector: {}\n"
    return head + indent(dedent(boxes), "  ")


def task(*containers: str, more: str = "") -> str:
    """Return a task definition with these containers."""
    inside = ", ".join(containers)
    return f'{{"family": "shop", {more} "containerDefinitions": [{inside}]}}'
