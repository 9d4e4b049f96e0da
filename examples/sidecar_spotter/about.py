"""What the installed package says of itself: its version, and where its handbook is.

Both stand in pyproject.toml alone; an installed package carries a copy.
"""

DISTRIBUTION = "sidecar-handbook"


def version() -> str:
    """Return the version; `unknown` where the package is used without being installed.

    The libraries are loaded here, as a scan needs none of it.
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def handbook() -> str:
    """Return the address of the published handbook with a slash at its end.

    It is the entry `Documentation` of `[project.urls]`; "" where there is none.
    """
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        entries = metadata(DISTRIBUTION).get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    pairs = (entry.partition(", ") for entry in entries)
    return next(
        (f"{u.rstrip('/')}/" for name, _, u in pairs if name == "Documentation"), ""
    )
