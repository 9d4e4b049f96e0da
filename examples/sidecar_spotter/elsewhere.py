"""Units whose containers stand in a file each, as those of Podman Quadlet.

The reader of one of these files shows the whole unit. A note on each container of
another file says in which one it stands.
"""

from sidecar_spotter.model import Container, Group, Text

SIGN = "stands in "
"""What that note begins with."""


def note(path: str, line: int) -> Text:
    """Return the note on a container that stands in the file at *path*."""
    return Text(SIGN + path, line)


def own(group: Group) -> Container:
    """Return the container that stands in the group's own file."""
    here = (
        box
        for box in group.containers
        if not any(note.text.startswith(SIGN) for note in box.notes)
    )
    # A comment of its author may begin as that note does.
    return next(here, group.containers[0])


def files(group: Group) -> frozenset[str]:
    """Return the paths of the files that a unit's containers stand in."""
    notes = (note.text for box in group.containers for note in box.notes)
    others = (one.removeprefix(SIGN) for one in notes if one.startswith(SIGN))
    return frozenset((group.path, *others))
