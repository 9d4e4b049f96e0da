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


MOUNT = "volumeMounts: [{name: data, mountPath: /data}]"
"""What two have that may both write a volume of `placed`."""
READ = "volumeMounts: [{name: data, mountPath: /data, readOnly: true}]"
"""What one has that only reads it."""


def _row(row: str) -> tuple[str, str]:
    """Return the name that a row begins with, and the rest of it with an image."""
    name, _, rest = row.partition(", ")
    if "image:" not in rest:
        rest = f"image: example.com/{name or 'none'}, {rest}"
    return name, rest.removesuffix(", ")


def placed(
    *rows: str,
    kind: str = "Pod",
    volume: str = "emptyDir: {}",
    more: str = "",
    served: tuple[int, ...] = (),
    name: str = "trial",
) -> str:
    """Return a workload of containers, a row each: a name, and what follows it.

    Of a row without an image the image is called as the container is. *more* stands
    in the spec; *served* are ports to which a Service sends requests.
    """
    head = f"kind: {kind}\nmetadata: {{name: {name}, labels: {{app: trial}}}}\nspec:\n"
    if kind != "Pod":
        head += "  template:\n    metadata: {labels: {app: trial}}\n    spec:\n"
    if kind == "Service":
        head = f"apiVersion: serving.knative.dev/v1\n{head}"
    boxes = "".join(
        f"- {{{f'name: {name}, ' if name else ''}{rest}}}\n"
        for name, rest in map(_row, rows)
    )
    if "{name: data" in boxes:
        more += f"\nvolumes: [{{name: data, {volume}}}]"
    spec = f"{more.strip()}\ncontainers:\n{boxes}".lstrip()
    text = head + indent(spec, "  " if kind == "Pod" else "      ")
    ports = ", ".join(f"{{port: {port}}}" for port in served)
    reached = "---\nkind: Service\nspec: {selector: {app: trial}, ports: ["
    return f"{text}{reached}{ports}]}}\n" if served else text


def services(*rows: str) -> str:
    """Return a Compose file of services, a row each, as for `placed`."""
    lines = (f"  {name}: {{{rest}}}\n" for name, rest in map(_row, rows))
    text = "".join(lines)
    return f"services:\n{text}" + ("volumes: {data: }\n" if "data:" in text else "")


def job(*rows: str, more: str = "") -> str:
    """Return a job of Nomad with one group of tasks, a row each: `lamp, image: a`.

    What follows a second comma stands in the task: `port = 80` in a service of its
    own, all else in its configuration.
    """
    text = f'job "trial" {{\n  {more}\n  group "trial" {{\n'
    for row in rows:
        name, *rest = row.split(", ")
        images = [one[7:] for one in rest if one.startswith("image: ")]
        image = next(iter(images), f"example.com/{name}")
        text += f'    task "{name}" {{\n'
        for one in rest:
            if one.startswith("port = "):
                text += f"      service {{\n        {one}\n      }}\n"
        config = [one for one in rest if not one.startswith(("port = ", "image: "))]
        inside = "".join(f"        {one}\n" for one in (f'image = "{image}"', *config))
        text += f"      config {{\n{inside}      }}\n    }}\n"
    return text + "  }\n}\n"
