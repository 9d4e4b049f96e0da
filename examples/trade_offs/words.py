"""Numbers in words, for the summary and for the handbook's pages."""


def short(value: float, *, sign: bool = False) -> str:
    """Return *value* with three figures that mean something."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    if 0 < abs(value) < 0.1:
        digits = 4
    return f"{value:{'+' if sign else ''},.{digits}f}"


def between(low: float, high: float) -> str:
    """Return an interval in words."""
    return f"{short(low)} to {short(high)}"
