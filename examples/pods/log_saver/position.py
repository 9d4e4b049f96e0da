"""A place in the log, and how it is kept so that no crash can spoil it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

Age = tuple[int, int]
"""Time of the last write (ns) and number: a later file has a larger one."""


# [position]
@dataclass(frozen=True)
class Position:
    """A place in the log: everything before it has been delivered."""

    file: str = ""  # a name for the store, which no other file ever has
    inode: int = 0
    offset: int = 0  # bytes
    mark: bytes = b""  # the bytes just before: they show if it is this file
    done: Age = (0, 0)  # rotated files up to this age are finished
    # [/position]


# [save]
def save(position: Position, path: Path) -> None:
    """Write ``position`` to ``path``, which is never half written.

    The new file is complete, and on the disk, before it takes the old one's
    name. Raises OSError.
    """
    values = asdict(position) | {"mark": position.mark.hex()}
    new = path.with_suffix(".new")
    with new.open("w", encoding="ascii") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    # [/save]


def load(path: Path) -> Position:
    """Return the position in ``path``; the very first if there is no file.

    Raises ValueError if it holds no position, OSError if it cannot be read.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        time, number = values["done"]
        place = Position(
            str(values["file"]),
            int(values["inode"]),
            int(values["offset"]),
            bytes.fromhex(values["mark"]),
            (int(time), int(number)),
        )
    except FileNotFoundError:
        return Position()
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no position") from error
    if place.offset < len(place.mark):
        raise ValueError(f"{path} holds no position")
    return place
