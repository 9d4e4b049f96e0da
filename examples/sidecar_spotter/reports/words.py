"""Words that several forms of a report share."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sidecar_spotter.model import SIDECARS, Evidence, Finding, Group, Label, Skipped
from sidecar_spotter.repository.summary import short

LONGEST = 120
"""Characters of a name or reason that a form for people shows. A checkout is
untrusted, and a name can be as long as its file."""

ROWS = 3
"""Reasons of one feature that are shown for a container; more are counted."""
OF_ITSELF = frozenset(("telling-name", "known-image", "operator-field"))
"""Features that say of a container what it is, whatever is beside it."""
LISTED = 10
"""Skipped files that are named one by one; more are counted by reason."""
LABELS: dict[Label, str] = {
    "main": "the main container",
    "sidecar": "a sidecar",
    "native-sidecar": "a native sidecar",
    "injected-sidecar": "an injected sidecar",
    "ambassador": "an ambassador",
    "adapter": "an adapter",
    "init": "an init container",
    "not-a-sidecar": "not a sidecar",
}


def shown(text: str, longest: int = LONGEST) -> str:
    r"""Return *text* so that a terminal can only print it.

    What moves a cursor, starts a line, turns the direction of writing or is no
    character at all becomes an escape, as `\x1b`; what is too long is cut.
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(ord(c)) for c in text)


def _escape(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def name(finding: Finding) -> str:
    """Return how to call what was found; some containers have no name."""
    return shown(finding.name) or "(no name)"


def unit(group: Group) -> str:
    """Return how to call a group: its kind and name."""
    return shown(f"{group.kind} {group.name}".strip()) or "unit"


def what(finding: Finding) -> Iterator[str]:
    """Yield a container's label, its role and whom it serves, as far as known."""
    yield finding.label
    if finding.role not in ("", finding.label):
        yield shown(finding.role)
    if finding.serves:
        yield f"serves {shown(short(finding.serves))}"


def reason(finding: Finding) -> str:
    """Return why a container is what it is, as a sentence without its subject."""
    why = _says(finding.why)
    if finding.label == "not-a-sidecar":
        return f"not a sidecar, because it {why}"
    return why


def reasons(finding: Finding) -> Iterator[tuple[int, str]]:
    """Yield line and words of each piece of evidence, what contradicts last.

    Of one feature's reasons the first stand in full. The others are only counted.
    """
    against = [one for one in finding.evidence if _contradicts(one, finding)]
    agree = [
        one
        for one in finding.evidence
        if one not in against and (one.line, one.says) != (finding.line, finding.why)
    ]
    yield from _rows(agree, "")
    yield from _rows(against, "but ")


def _contradicts(one: Evidence, finding: Finding) -> bool:
    """Whether a reason speaks against the label.

    A main program calls others, so to call one is taken for a sign of it. But an
    exporter calls the one that it serves. What ties two speaks against neither.
    """
    if one.feature == "localhost" and one.about and one.about == finding.serves:
        return False
    if finding.label == "main":
        return one.weight > 0 and one.feature in OF_ITSELF
    sign = {"not-a-sidecar": -1} | dict.fromkeys(SIDECARS, 1)
    return one.weight * sign.get(finding.label, 0) < 0


def _rows(reasons: Sequence[Evidence], word: str) -> Iterator[tuple[int, str]]:
    seen: dict[str, list[Evidence]] = {}
    for one in reasons:
        seen.setdefault(one.feature, []).append(one)
    counted = {
        feature: [one.line for one in all_of_it[ROWS:]]
        for feature, all_of_it in seen.items()
        if len(all_of_it) > ROWS + 1  # a row that says "1 more" saves nothing
    }
    for one in reasons:
        if one.feature not in counted or one in seen[one.feature][:ROWS]:
            yield one.line, f"{word}{_says(one.says)} ({one.feature})"
    for feature, lines in counted.items():
        also = ", ".join(map(str, lines[1:LISTED]))
        says = f"{len(lines)} more of this kind: here, and on {also}"
        yield lines[0], f"{word}{says} ({feature})"


def _says(text: str) -> str:
    return shown(short(text), 2 * LONGEST)


def sentence(finding: Finding) -> str:
    """Return all that was found of one container in one sentence."""
    if finding.label == "not-a-sidecar":
        return f"{name(finding)} is {reason(finding)}."
    of = f" of {shown(finding.serves)}" if finding.serves else ""
    role = f" ({shown(finding.role)})" if finding.role else ""
    return (
        f"{name(finding)} is {LABELS[finding.label]}{of}{role}: it {reason(finding)}."
    )


def skipped(files: Sequence[Skipped]) -> Iterator[str]:
    """Yield a line for each file that was not read in full; for many, one a reason."""
    if len(files) <= LISTED:
        for file in files:
            yield f"{shown(file.path, 1000)}: {shown(file.reason)}"
        return
    kinds = [file.reason.partition(":")[0] for file in files]
    for why, count in Counter(kinds).most_common():
        first = files[kinds.index(why)].path
        more = f", and {count - 1} more" if count > 1 else ""
        yield f"{shown(first, 1000)}{more}: {shown(why)}"
