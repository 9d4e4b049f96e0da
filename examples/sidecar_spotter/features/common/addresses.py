"""Addresses of this machine in what a container is told.

Many of them are no call to a neighbor: a program is told where it listens itself, what
it is called, or whom it may trust.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sidecar_spotter.model import Container, Text
from sidecar_spotter.tables.known import split
from sidecar_spotter.units import addresses, listens, stem

HERE = re.compile(
    r"(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>\d{1,5}|\$?[({\w]+))?"
    r"(?![\w.-])"
)
MOST = 200
"""Addresses in one text that are looked at."""
ASKS = re.compile(
    r"upstream|target|backend|scrape|uri|url|addr|reload|endpoint|webhook|server|forward"
    r"|proxy|connect|dsn|source",
    re.IGNORECASE,
)
LISTENS = re.compile(
    r"listen|bind|--?(?:web|http|metrics|telemetry|health)[\w.-]*addr|advertise",
    re.IGNORECASE,
)
TURNS = re.compile("upstream|reload", re.IGNORECASE)
"""Words that turn an option of the first kind into one that names another."""
OWN = re.compile(
    r"(?:(?:phx|virtual|public|external|listen|bind|http|app|application|site"
    r"|\w*advertised?|\w*rest)_?)?host(?:_?name)?=\S+|\w*(?:http|listen|bind|local)_?addr(?:ess)?=[\w.]+",
    re.IGNORECASE,
)
"""A setting that names no one: the address that the program itself has."""
HOSTED = re.compile(
    r"(\w+?)_?(?:host(?:_?name)?|(?:bind_?)?addr(?:ess)?)=(?:localhost|127\.0\.0\.1)",
    re.IGNORECASE,
)
"""A setting with an address alone, and in front of it whose that is."""
FAR = 200
"""Characters in front of an address that are looked at for its command."""
LISTED = re.compile(
    r"(?:no_?proxy|trusted|allow|permit|deny|white_?list|black_?list|ignore|exclude"
    r"|except|server_?name|real_ip_from|require ip)[^=\n]{0,60}[=:\s][^;\n]*\Z",
    re.IGNORECASE,
)
"""What stands in front of an address that is a name of one's own, or somebody to trust:
nobody is called there."""
AMONG = re.compile(r"[\w.:*\]/]\s*[,|]\s*\Z")
AMONG_MORE = re.compile(r"/\d|\s*[,|]\s*[\w.:*\[]")
"""What stands in front of an address, or behind it, in a list of addresses."""


def calls(said: Text) -> Iterator[re.Match[str]]:
    """Yield the addresses of this machine in a text, with the group `port`."""
    return islice(HERE.finditer(said.text), MOST)


def told_of_others(box: Container) -> Iterator[tuple[Text, str]]:
    """Yield what a container is told, without the address that is its own.

    Beside each stands the option of a command that it is the value of, if it is one's.
    A setting for a host has the port that another one gives.
    """
    option = ""
    for word in box.words:
        if not (LISTENS.search(option) and not TURNS.search(option)):
            yield word, option
        waits = word.text.startswith("-") and "=" not in word.text
        option = word.text if waits else ""
    ports = {host: port.text.partition("=")[2] for host, port in addresses(box)}
    for one in box.settings:
        if one in ports:
            yield replace(one, text=f"{one.text}:{ports[one]}"), ""
        elif not (OWN.fullmatch(one.text) or _is_its_own(box, one.text)):
            yield one, ""
    yield from ((one, "") for one in box.configured)


def _is_its_own(box: Container, setting: str) -> bool:
    """Whether a setting tells a program its own address: `SHOP_HOST` in a `shop`."""
    found = HOSTED.fullmatch(setting)
    words = split(found[1]) if found else []
    return bool(words) and set(words) <= {*split(box.name), *split(stem(box))}


def names_no_callee(text: str, call: re.Match[str]) -> bool:
    """Whether an address only tells whom to trust, or what the program is called.

    Lists of these have no ports.
    """
    ahead = text[max(call.start() - FAR, 0) : call.start()].rpartition("\n")[2]
    if LISTED.search(ahead):
        return True
    listed = AMONG.search(ahead) or AMONG_MORE.match(text, call.end())
    return not call["port"] and listed is not None


def asks_elsewhere(box: Container) -> bool:
    """Whether a container is told to call a port at localhost that is not its own."""
    for said in box.words:
        for call in calls(said):
            port = call["port"] or ""
            ahead = said.text[: call.start()]
            asks = ASKS.search(ahead) is not None and not LISTENS.search(ahead)
            if asks and not (port.isdecimal() and int(port) in listens(box)):
                return True
    return False
