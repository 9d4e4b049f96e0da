"""The languages in which programs are read: one module a family.

A module says what is a string or a comment there, what gives a value to a name, and
where functions begin and end; `source.py` does the rest. For one language more, write
a module like these, and give it a place in the table.
"""

from sidecar_spotter.readers.languages.curly import CURLY
from sidecar_spotter.readers.languages.go import GO
from sidecar_spotter.readers.languages.language import Language
from sidecar_spotter.readers.languages.python import PYTHON
from sidecar_spotter.readers.languages.rust import RUST

LANGUAGES = {
    "cs": CURLY,
    "go": GO,
    "java": CURLY,
    "js": CURLY,
    "kt": CURLY,
    "py": PYTHON,
    "rs": RUST,
    "ts": CURLY,
}
"""By the ending of a file's name."""


def language_of(path: str) -> Language:
    """Return the language of the program at *path*."""
    return LANGUAGES[path.rpartition(".")[2]]
