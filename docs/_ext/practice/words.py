"""From a case to what its reader sees: the words, as Markdown."""

from .cases import LABELS, Case, Container


def marks(case: Case) -> list[list[str]]:
    """Return what ``practice.js`` needs: of each container name, place and labels."""
    return [
        [box.name, place(box.first, box.last), box.label, *box.also]
        for box in case.containers
    ]


def answer(case: Case) -> str:
    """Return what each container is and why, one item for each, and where to read."""
    items = "".join(f"- {item(box)}\n" for box in case.containers)
    return f"{items}\nKind of case: {case.kind}. Read more: {{ref}}`{case.teaches}`.\n"


def item(box: Container) -> str:
    """Return what one container is, why, and which lines show it."""
    label = LABELS[box.label]
    article = "" if box.label.startswith("not") else a(label)
    what = f"`{box.name}` is {article}**{label}**."
    if article and ":" in box.name:
        what = f"`{box.name}` asks for {article}**{label}**."
    elif ":" in box.name:
        what = f"`{box.name}` brings **no sidecar**."
    see = " and ".join(map(str, box.shows))
    if len(box.shows) > 2:
        see = ", ".join(map(str, box.shows[:-1])) + f" and {box.shows[-1]}"
    return f"{what} {box.why} See line{'s' * (len(box.shows) > 1)} {see}."


def a(label: str) -> str:
    """Return the article before *label*."""
    return "the " if label.startswith("main") else "an " if label[0] in "ai" else "a "


def place(first: int, last: int) -> str:
    """Return the lines of a container in words."""
    return f"line {first}" if first == last else f"lines {first} to {last}"
