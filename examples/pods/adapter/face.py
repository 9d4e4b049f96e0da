"""The face that every store shows: its metrics, as text for Prometheus."""

from collections.abc import Mapping

Values = Mapping[str, Mapping[str, float]]
"""The values of each metric, by its labels as `labels` writes them."""

# [face]
FACE = {
    "up": ("gauge", "Whether the store answers: 1 or 0."),
    "info": ("gauge", "Which store it is. Always 1."),
    "start_time_seconds": ("gauge", "When it started, in Unix time."),
    "memory_used_bytes": ("gauge", "Memory that its data takes."),
    "memory_limit_bytes": ("gauge", "Memory that it may take; 0: no limit."),
    "connections": ("gauge", "Clients that are connected."),
    "keys": ("gauge", "Keys that it holds."),
    "commands_total": ("counter", "Commands that it has carried out."),
    "hits_total": ("counter", "Reads that found their key."),
    "misses_total": ("counter", "Reads that did not."),
    "evictions_total": ("counter", "Keys thrown out for want of memory."),
    "cpu_seconds_total": ("counter", "Processor time that it has used."),
}
"""What every store shows, after its own name: type and meaning."""


def labels(**pairs: str) -> str:
    """Return labels as Prometheus reads them: '{role="master"}'."""
    marks = {"\\": r"\\", '"': r"\"", "\n": r"\n"}
    safe = {k: "".join(marks.get(c, c) for c in v) for k, v in pairs.items()}
    return "{" + ",".join(f'{k}="{v}"' for k, v in safe.items()) + "}"


def expose(store: str, values: Values) -> str:
    """Return the text that shows the values of a store, as FACE has them."""
    lines = []
    for name in (name for name in FACE if values.get(name)):
        kind, meaning = FACE[name]
        full = f"{store}_{name}"
        lines += [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}"]
        for where, value in values[name].items():
            lines.append(f"{full}{where} {float(value)!r}".removesuffix(".0"))
    return "".join(f"{line}\n" for line in lines)
    # [/face]
