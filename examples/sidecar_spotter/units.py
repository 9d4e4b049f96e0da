"""Small questions about a unit and its containers that several features ask."""

import re

from sidecar_spotter.model import Container, Group, Text
from sidecar_spotter.tables.known import LONGEST, split

_PORT = re.compile(
    r"(?:port|addr(?:ess)?|listen|bind)[\w.-]*[=: ]+\S*?:?(\d{2,5})\b(?!\.\d)|"
    r"^:(\d{2,5})$|"
    r"(?:0\.0\.0\.0|\[::\]):(\d{2,5})\b",
    re.IGNORECASE,
)
_HOLES = re.compile(r"\$\{[^{}]*\}|\{\{.*?\}\}|\[\[.*?\]\]")

_ASKED = re.compile(r"(?:^|(?:\blocalhost|\b127\.0\.0\.1|\[::1\])):(\d{2,5})\b")
"""Where a probe asks a program, be it by a command that runs beside it."""


OWN_IMAGE = re.compile(
    r"[ {(]\$?\.Values\.image(?:\.(?:repository|repo|name)\b|(?![\w.-]))"
    r"|(?:include|template) +\"[\w-]+\.image\" +[.$]"
)
"""The image at the top of a chart's values, which is the main container's."""


_OWN_NAME = re.compile(
    r"\{\{-?\s*(?:\.Chart\.Name|\$?\.Release\.Name"
    r"|(?:include|template)\s+\"[^\"]*\.(?:full)?name(?:\.\w+)?\"[^}|]*)\s*-?\}\}"
)


def is_the_charts_own(box: Container) -> bool:
    """Whether a container has the name of its chart or its release, and no more."""
    return _OWN_NAME.fullmatch(box.name.strip("\"'")) is not None


_GIVEN_FOR_EACH = re.compile(r"for each of |\$\{(?:(\w+), *)?(\w+) in ")
"""How the condition begins of what a loop gives, with the names of key and value."""


def is_handed_in(box: Container) -> bool:
    """Whether a loop makes it of whatever list somebody hands to the file.

    Name and image are what the loop's variables say, and no list in reach fills them.
    Where it has neither, all that the file says is what it adds to each.
    """
    loop = _GIVEN_FOR_EACH.match(box.condition.text) if box.condition else None
    image = box.image.text if box.image is not None else ""
    if loop is not None and not box.name and not image:
        return True
    if loop is None or re.fullmatch(r"\$\{[^{}]*\}", box.name) is None:
        return False
    key, value = (loop[1], loop[2]) if loop[2] else ("key", "value")
    said = set(re.findall(r"\w+", box.name)), set(re.findall(r"\w+", image))
    return not said[0].isdisjoint((key, value)) and value in said[1]


def running(group: Group) -> list[Container]:
    """Return the containers that run beside one another, native sidecars included."""
    return [box for box in group.containers if box.stage != "init"]


def is_deployed(group: Group) -> bool:
    """Whether a unit is one of this repository, and not what its program makes.

    Code of the CDK or of Pulumi is a deployment that is written as a program.
    """
    return "code" not in group.marks or "deploys" in group.marks


def is_declared(group: Group, line: int) -> bool:
    """Whether a helper on *line* of a unit stands there for this repository to run.

    A field of a custom resource only asks an operator, whose code is what builds one.
    """
    fields = {ask.line for ask in group.requests if ask.how == "operator-field"}
    return is_deployed(group) and line not in fields


_WEB_ROOT = re.compile(
    r"/(?:usr/share/nginx/html|var/www|usr/local/apache2/htdocs|srv/www|htdocs)\b"
)
_SHOWN = re.compile(r"/usr/(?:share/nginx/html|local/apache2/htdocs)\b")
"""Folders that web servers show without a word of configuration."""


def serves_files(box: Container) -> bool:
    """Whether a web server has a volume of its own for its pages: it is no proxy.

    Where it may only read it, it can be the front of the program that writes there. But
    one that is given nothing else, in the folder that it shows as it comes, is not told
    whom to pass requests on to.
    """
    pages = [mount for mount in box.mounts if _WEB_ROOT.match(mount.path)]
    told = box.words or box.settings or len(pages) < len(box.mounts)
    alone = not told and all(_SHOWN.match(mount.path) for mount in pages)
    return any(alone or not mount.read_only for mount in pages)


_HALF = re.compile(r"(\w+?)_?(host(?:_?name)?|port)=(\S+)", re.IGNORECASE)
_ANYBODYS = frozenset(
    (
        *("app", "application", "http", "https", "server", "web", "service", "api"),
        *("listen", "bind", "site", "public", "external", "virtual", "grpc", "phx"),
        *("advertised", "rest"),
    )
)
"""In front of a host, these can mean the program itself as well as one it calls."""


def addresses(box: Container) -> list[tuple[Text, Text]]:
    """Return the settings that tell of another program's host, each with its port.

    `DB_HOST` and `DB_PORT` do, if the container is not called so itself.
    """
    halves: dict[tuple[str, str], Text] = {}
    for one in box.settings:
        half = _HALF.fullmatch(one.text)
        if half is not None:
            halves.setdefault((half[1].lower(), half[2][:4].lower()), one)
    own = {*split(box.name), *split(stem(box)), *_ANYBODYS}
    return [
        (one, halves[whose, "port"])
        for (whose, what), one in halves.items()
        if what == "host" and (whose, "port") in halves
        if not set(split(whose)) <= own and not one.text.endswith(("=0.0.0.0", "=::"))
    ]


def listens(box: Container) -> frozenset[int]:
    """Return the ports that a container declares, or names as those it listens on."""
    found = {port.number for port in box.ports if port.number is not None}
    of_others = {port for _, port in addresses(box)}
    for said in (*box.words, *(one for one in box.settings if one not in of_others)):
        elsewhere = "://" in said.text and "0.0.0.0" not in said.text
        if "upstream" not in said.text and not elsewhere:
            for match in _PORT.finditer(said.text):
                found.add(int(next(filter(None, match.groups()))))
    for probe in box.probes:
        found |= {int(one) for one in _ASKED.findall(probe.text[:LONGEST])}
    return frozenset(found)


OF_NUMBERS = re.compile(r"metric|prom(?:etheus)?\b|monitor|telemetry", re.IGNORECASE)
"""The name of a port at which a container is measured, and not called."""


def answers(box: Container) -> bool:
    """Whether a container has callers: it says that it listens, be it on what port."""
    return bool(box.ports) or bool(listens(box))


_WAITS = re.compile(
    r"\s*(?:trap [^;]*;\s*)?(?:sleep\s+\S+|tail -f /(?:dev/null|etc/\S+)"
    r"|while true; do sleep \S+; done)\s*(?:& *wait)?\s*;?"
)


def idles(box: Container) -> bool:
    """Whether a container does nothing but wait, as a pause container does."""
    said = [word.text for word in box.words]
    if said[:1] == ["sleep"] or box.name == "pause":
        return True
    waits = any(_WAITS.fullmatch(word) for word in (*said, " ".join(said)))
    return waits or stem(box) in ("pause", "hello-world")


_LOOP = re.compile(
    r"\bwhile\s+(?:true|:|\[+\s*1\s*\]+|sleep\s+\S+)[\s;]*do\b(.*)", re.DOTALL
)
"""A loop that has no end, and what is done in it."""
_PARTS = re.compile(r"#[^\n]*|[;\n|&(){}]+|\b(?:do|then|else|if|elif|while|until|in)\b")
_PRINTS = re.compile(
    r"(?!.*> */(?:proc|sys)/)"
    r"(?:echo|printf|date|hostname|uname|sleep|true|:|fi|done|exit|break|\w+=|[>'\"\\!])"
    r".*"
)
"""What says something, or nothing, and changes nothing."""


def loops(box: Container) -> bool:
    """Whether a container's shell does the same again and again."""
    return any(_LOOP.search(word.text[:LONGEST]) for word in box.words)


def repeats(box: Container) -> bool:
    """Whether a container's shell does a task again and again, and more than print."""
    found = (_LOOP.search(word.text[:LONGEST]) for word in box.words)
    return any(
        part.strip() and not _PRINTS.match(part.strip())
        for loop in found
        if loop is not None
        for part in _PARTS.split(loop[1])
    )


_SHORT = re.compile(
    r"(?:(?:cp|mv|mkdir|rm|ln|ls|chmod|chown|touch|test|tar|echo|set|cd|tee|printf"
    r"|base64|ssh-keygen|envsubst|unzip)\b[^|]*"
    r"|exit(?: 0)?)?"
)
"""A command that is done in a moment."""
_SHELL = re.compile(r"(?:/bin/)?(?:ba)?sh\s+-c\s+[\"'](.*)[\"']", re.DOTALL)
"""A shell in a shell, as it comes of an entry point and a command."""
_HOLE = re.compile(r"\{\{-?\s*(?:if|else|end|with|range)\b.*?\}\}")


def ends(box: Container) -> bool:
    """Whether a container only copies, makes or changes files, and then ends."""
    words = [word.text for word in box.words]
    if words[:1] and words[0].rsplit("/", 1)[-1] in ("sh", "bash") and len(words) > 1:
        script = _HOLE.sub(" ", words[-1])
        if (inner := _SHELL.fullmatch(script.strip())) is not None:
            script = inner[1]
    else:
        script = " ".join(words)
    done = re.split(r";|&&|\||\n", script)
    return bool(script.strip()) and all(_SHORT.fullmatch(one.strip()) for one in done)


def prepares(box: Container) -> bool:
    """Whether a container may end, and is called init, or is done in a moment.

    A task of Amazon ECS has no other word for it where nobody waits for its end.
    """
    return not box.essential and (ends(box) or "init" in split(box.name))


def image_of(box: Container) -> str:
    """Return a container's image as its file writes it, or nothing."""
    return box.image.text if box.image is not None else ""


_VEILED = str.maketrans("/:@", "\ue000\ue001\ue002")
_BARED = str.maketrans("\ue000\ue001\ue002", "/:@")
"""Stand for what parts an image, where it stands inside an expression."""


def stem(box: Container) -> str:
    """Return the last part of a container's image, without tag and digest."""
    image = image_of(box).strip("\"' ")
    if " " in image and "{" not in image and "(" not in image:
        return ""  # words for whoever fills the image in
    image = _HOLES.sub(lambda hole: hole[0].translate(_VEILED), image)
    image = image.partition(":${")[0]  # one in another hides its own slashes alone
    last = re.split(r"[:@]", image.rsplit("/", 1)[-1])[0]
    return last.translate(_BARED).strip("\"' ")


def own_name(group: Group) -> list[str]:
    """Return the words of a unit's name, without its job's name and expressions."""
    return split(_HOLES.sub("", group.name).rpartition("/")[2])
