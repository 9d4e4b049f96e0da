"""The features' pages as plain Markdown, for terminals and for other tools.

A page is a module's docstring, in the handbook's MyST: Markdown with roles such as
``{term}`sidecar` `` and directives, which nothing but the handbook understands.
"""

import re
from types import ModuleType

_TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_CITED = re.compile(r"\s*\{cite[:\w]*\}`[^`]*`")
_ROLE = re.compile(r"\{(?P<role>[\w:-]+)\}`(?P<text>[^`]*)`")
_TITLED = re.compile(r"\s*<[^<>]*>$")
_FENCE = re.compile(
    r"^([ \t]*`{3,})\{[\w:-]+\}[ \t]*(.*)\n((?:[ \t]*:[\w-]+:.*\n)*)", re.M
)
_COLONS = re.compile(r"^[ \t]*:{3,}.*\n?(?:[ \t]*:[\w-]+:.*\n)*", re.MULTILINE)


def title(feature: ModuleType) -> str:
    """Return the title of a feature's page, its first line."""
    return plain(feature.__doc__ or "").partition("\n")[0].lstrip("# ")


def plain(page: str) -> str:
    """Return a page with its roles and directives made into common Markdown."""
    page = _CITED.sub("", _TARGET.sub("", page))
    page = _FENCE.sub(_fence, page)
    page = _COLONS.sub("", page)
    return _ROLE.sub(_role, page).strip()


def _role(found: re.Match[str]) -> str:
    """Return what a reader sees of a role: its text, or the words of its label."""
    text = found["text"]
    if _TITLED.search(text):
        return _TITLED.sub("", text)
    if found["role"] in ("ref", "project"):
        return text.removeprefix("feature-").removeprefix("against-").replace("-", " ")
    return text


def _fence(found: re.Match[str]) -> str:
    """Return the opening of a directive's block as that of a block of code."""
    ticks, argument, _options = found.groups()
    language = argument if re.fullmatch(r"[a-z]+", argument) else ""
    return f"{ticks}{language}\n"
