"""The pods that Go code was given, and into whose lists it puts all that they have."""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.readers.common.source import Span
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.names import NAME
from sidecar_spotter.readers.go.pods import MOST, STAGES, Pod
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.go.together import of_element
from sidecar_spotter.readers.go.values import end_of_statement
from sidecar_spotter.readers.languages.language import WIDEST

_PUT = re.compile(
    r"^[ \t]*((?:\w+\.)*\w+)\.Containers[ \t]*=[ \t]*\[\]\*?\w+\.Container\{", re.M
)


def given(program: Program, found: list[Literal], made: list[Pod]) -> Iterator[Pod]:
    """Yield a pod for `template.Spec.Containers = []corev1.Container{main, proxy}`.

    The pod is a parameter, say. Its init containers are put in alike. Where an element
    of the list is unknown, so is the pod; and of those *made* here all is read already.
    """
    code = program.code
    read = {span[0] for pod in made for _, span, _ in pod.lists}
    for match in islice(_PUT.finditer(code.shape), MOST):
        opening = match.end() - 1
        around = program.functions.around(opening)
        elements = list(code.elements(opening))
        if around is None or any(at <= opening <= at + 60 for at in read):
            continue
        if not elements or not all(
            of_element(program, found, around.name, one) for one in elements
        ):
            continue
        put = re.compile(
            rf"(?<![\w.]){re.escape(match[1])}\.((?:Init)?Containers|Volumes)\s*=(?!=)"
        )
        lists = []
        fields: dict[str, Span] = {}
        for one in islice(put.finditer(code.shape, around.start, around.end), MOST):
            span: Span = (one.end(), end_of_statement(code, one.end()))
            if one[1] == "Volumes":
                fields.setdefault("Volumes", span)
                continue
            names = NAME.findall(code.shape, span[0], min(span[1], span[0] + WIDEST))
            whole = frozenset(names) - {*match[1].split("."), "append"}
            lists.append((STAGES[one[1]], span, whole))
        yield Pod(opening, fields, tuple(lists))
