"""What a call hands to a named template."""

import re

PASSED = re.compile(r"\((list|dict)\b((?:[^()]|\([^()]{0,200}\)){0,400})\)")
"""A list or a dictionary, in which a word may be a call itself."""

ARGUMENT = re.compile(r"\"([^\"]*)\"|\([^()]*\)|[^\s\"()]+")

BOUND = re.compile(r"\{\{-? *(\$\w+) *:= *(?:index \. (\d)|\.(\w+)) *-?\}\}")

EITHER = re.compile(
    r"\{\{-? *if \.([a-z]\w*) *-?\}\}([^{}]*)\{\{-? *else *-?\}\}([^{}]*)"
    r"\{\{-? *end *-?\}\}"
)
"""A choice by an argument. All that a chart itself hands over is written large."""

ASKED = re.compile(
    r"\{\{-? *(?:\(?index \. (\d)\)?|\.(\w+)|(\$\w+)) *(?:\| *quote *)?-?\}\}"
)


def with_arguments(body: str, call: str) -> str:
    """Return a named template's text with the words in it that *call* hands over.

    `include "x.agent" (list $ "tail")` names what `index . 1` is, and a `dict` what
    its fields are.
    """
    passed = PASSED.search(call)
    said = [(one[0], one[1]) for one in ARGUMENT.finditer(passed[2] if passed else "")]
    if passed is None or passed[1] == "dict":
        names = {word for _, word in said[::2]}
        body = EITHER.sub(lambda match: match[2 if match[1] in names else 3], body)
    if passed is None:
        return body
    given: dict[str, str] = {}
    if passed[1] == "list":
        pairs = [(str(place), *one) for place, one in enumerate(said)]
    else:
        pairs = [
            (name[1] or "", *one)
            for name, one in zip(said[::2], said[1::2], strict=False)
        ]
    for name, whole, word in pairs:
        if whole.startswith('"'):
            given[name] = word
    for match in BOUND.finditer(body):
        if (word := given.get(match[2] or match[3])) is not None:
            given[match[1]] = word

    def say(match: re.Match[str]) -> str:
        return given.get(match[1] or match[2] or match[3], match[0])

    return ASKED.sub(say, body) if given else body
