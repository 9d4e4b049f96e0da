"""What is said of two that share a volume: who reads, who writes, who began."""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, placed
from scanning import findings, path_of, scanned

PAGES = "volumeMounts: [{name: data, mountPath: /usr/share/nginx/html}]"
WRITE = "args: [sh, -c, 'make > /data/a']"
FOLLOW = "args: [tail, -F, /data/a]"
PORT = "ports: [{containerPort: 80}]"
FILL = f"initContainers: [{{name: fill, image: b, {MOUNT}}}]"
READS = "only reads the volume data, which {} may write"
SHARES = "shares the volume data with {}"
TO = "args: [--to=/data/a.sock]"
AT = "args: [--listen=/data/a.sock]"
CALLS = "calls {} over a socket in data"
ANSWERS = "answers {} on a socket in data"
DRIVES = "answers on a socket in data, which registrar calls"
REGISTRAR = f"registrar, args: [--csi-address=/data/a.sock], {MOUNT}"
ENDPOINT = "env: [{name: CSI_ENDPOINT, value: /data/a.sock}]"


def named(name: str, text: str) -> str:
    """Return *text* with a volume of that name."""
    return text.replace("name: data", f"name: {name}")


CASES = [
    pytest.param(
        placed(f"app, {WRITE}, {MOUNT}", f"lamp, {READ}", f"web, {PAGES}"),
        *("lamp", READS.format("app")),
        id="who only reads, beside the pages of a web server",
    ),
    pytest.param(
        placed(f"app, {WRITE}, {MOUNT}", f"lamp, {READ}"),
        *("app", "writes the volume data, which lamp only reads"),
        id="who alone can write",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, {FOLLOW}, {MOUNT}"),
        *("app", "may write the volume data, which lamp reads"),
        id="who may write, as the reader may",
    ),
    pytest.param(
        placed(f"app, {WRITE}, {MOUNT}", f"web, {PAGES}"),
        *("web", "reads the volume data, which app may write"),
        id="a web server whose pages another writes",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"web, {PAGES}"),
        *("web", SHARES.format("app")),
        id="a web server whose pages nobody is told to write",
    ),
    pytest.param(
        placed(f"app, {WRITE}, {MOUNT}", f"web, args: [run], {PAGES}"),
        *("web", SHARES.format("app")),
        id="a web server with a command",
    ),
    pytest.param(
        placed(f"app, {WRITE}, {MOUNT}", f"lamp, {MOUNT}"),
        *("lamp", SHARES.format("app")),
        id="any program whose files another writes",
    ),
    pytest.param(
        placed(f"app, args: [run, /data/a], {MOUNT}", f"web, {PAGES}"),
        *("web", SHARES.format("app")),
        id="a web server whose pages another names",
    ),
    pytest.param(
        placed(f"app, {FOLLOW}, {MOUNT}", f"lamp, {READ}"),
        *("lamp", READS.format("app")),
        id="two that read, of which one may write",
    ),
    pytest.param(
        placed(
            f"app, {MOUNT}",
            f"lamp, args: [tail, -F, /data/a, --output=/data/b], {MOUNT}",
        ),
        *("lamp", SHARES.format("app")),
        id="who reads and writes",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, args: [tail, -F, /var/a], {MOUNT}"),
        *("lamp", SHARES.format("app")),
        id="who reads elsewhere",
    ),
    pytest.param(
        "# chart\n" + placed(f"app, {MOUNT}", f"lamp, {MOUNT}", more=FILL),
        *("lamp", SHARES.format("app") + ", and fill prepares it first"),
        id="files in a template that a step prepares",
    ),
    pytest.param(
        placed(
            f"app, {MOUNT}", f"lamp, {MOUNT}", more=FILL.replace(MOUNT, "args: [a]")
        ),
        *("lamp", SHARES.format("app")),
        id="a step that prepares other files",
    ),
    pytest.param(
        placed(f"app, {PORT}, {MOUNT}", f"lamp, image: b, {MOUNT}", more=FILL),
        *("lamp", "goes on filling the volume data, as fill began"),
        id="who goes on with a step",
    ),
    pytest.param(
        placed(f"app, {PORT}, {MOUNT}", f"lamp, image: c, {MOUNT}", more=FILL),
        *("lamp", SHARES.format("app")),
        id="who has another image than a step",
    ),
    pytest.param(
        placed(f"app, {PORT}, {MOUNT}", f"lamp, image: b, {PORT}, {MOUNT}", more=FILL),
        *("lamp", SHARES.format("app") + ", and fill prepares it first"),
        id="who has a step's image, and answers as well",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"rain-ui, {MOUNT}", more=FILL),
        *("rain", SHARES.format("rain-ui")),
        id="after whom another is called",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"rain-ui, {MOUNT}", more=FILL),
        *("rain-ui", SHARES.format("rain")),
        id="who is called after another",
    ),
    pytest.param(
        placed(*(f"{name}, {MOUNT}" for name in "abcdef")),
        *("a", SHARES.format("b, c, d, e and 1 more")),
        id="six at the same files",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"lamp, {MOUNT}", more=FILL.replace(MOUNT, READ)),
        *("lamp", SHARES.format("rain")),
        id="a step that reads",
    ),
    pytest.param(
        placed(
            f"rain, {MOUNT}",
            f"lamp, args: [--input, /a], {MOUNT.replace('/data', '/')}",
        ),
        *("lamp", SHARES.format("rain")),
        id="who has a volume as its root",
    ),
    pytest.param(
        named("logs", placed(f"app, {MOUNT}", f"lamp, args: [tail -F /a], {MOUNT}")),
        *("lamp", "reads the volume logs, which app may write"),
        id="who follows a file, beside a volume for logs",
    ),
    pytest.param(
        named("logs", placed(f"app, {MOUNT}", f"lamp, image: redis, {MOUNT}")),
        *("lamp", "shares the volume logs with app"),
        id="a store at a volume for logs",
    ),
    pytest.param(
        named("logs", placed(f"app, {MOUNT}", f"lamp, image: fluent-bit, {MOUNT}")),
        *("lamp", "reads the volume logs, which app may write"),
        id="a shipper at a volume for logs",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: restic, {MOUNT}"),
        *("lamp", "reads the volume data, which app may write"),
        id="an image for backups",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"backup, {MOUNT}"),
        *("backup", "reads the volume data, which app may write"),
        id="a name for backups",
    ),
]
SOCKETS = [
    pytest.param(
        placed(f"rain, {TO}, {MOUNT}", f"relay, {TO}, {MOUNT}"),
        *("relay", ANSWERS.format("rain")),
        id="a helper that is told of a socket as its neighbor is",
    ),
    pytest.param(
        placed(f"rain, {TO}, {MOUNT}", f"lamp, {TO}, {MOUNT}"),
        *("lamp", SHARES.format("rain")),
        id="two that are told of a socket alike",
    ),
    pytest.param(
        placed(f"rain, {TO}, {MOUNT}", f"relay, {MOUNT}"),
        *("relay", ANSWERS.format("rain")),
        id="a helper that is told nothing",
    ),
    pytest.param(
        named(
            "sockets",
            placed(f"rain, {TO}, {MOUNT}", f"relay, {MOUNT}", f"lamp, {MOUNT}"),
        ),
        *("relay", "shares the volume sockets with rain, lamp"),
        id="a helper among three",
    ),
    pytest.param(
        named("sockets", placed(f"rain, {MOUNT}", f"relay, {MOUNT}")),
        *("relay", "shares the volume sockets with rain"),
        id="a helper, where nobody is told of a socket",
    ),
    pytest.param(
        placed(f"lamp, {AT}, {MOUNT}", f"rain, {TO}, {MOUNT}"),
        *("rain", CALLS.format("lamp")),
        id="who is told of a socket as the second",
    ),
    pytest.param(
        placed(f"rain, args: [--to=a.sock], {MOUNT}", f"relay, {MOUNT}"),
        *("relay", SHARES.format("rain")),
        id="a socket elsewhere",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"lamp, {AT}, {MOUNT}"),
        *("lamp", ANSWERS.format("rain")),
        id="who listens, where its neighbor is told nothing",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"lamp, {AT}, {MOUNT.replace('data}', 'data/}')}"),
        *("rain", CALLS.format("lamp")),
        id="the neighbor of one that listens",
    ),
    *(
        pytest.param(
            placed(f"rain, {TO}, {MOUNT}", f"lamp, args: [{said}], {MOUNT}"),
            *("lamp", reason),
            id=f"who is told {said}",
        )
        for said, reason in (
            ("--bind=/data/a.sock", ANSWERS.format("rain")),
            ("listen, '/data/a.sock'", ANSWERS.format("rain")),
            ("--quiet=listen, '/data/a.sock'", SHARES.format("rain")),
        )
    ),
    pytest.param(
        named("sockets", placed(f"rain, {TO}, {MOUNT}", f"lamp, {MOUNT}")),
        *("lamp", ANSWERS.format("rain").replace("data", "sockets")),
        id="a neighbor in a volume that is called after sockets",
    ),
    *(
        pytest.param(placed(f"{row}, {MOUNT}", REGISTRAR), *(row[:4], reason), id=row)
        for row, reason in (
            (f"rain, {ENDPOINT}", DRIVES),
            ("rain, args: ['--endpoint=/data/a.sock']", DRIVES),
            ("rain, env: [{name: CSI_ENDPOINT, value: $(PLACE)}]", DRIVES),
            (f"main, {ENDPOINT}", DRIVES),
            ("rain, args: [run]", SHARES.format("registrar")),
            (f"sync, {ENDPOINT}", SHARES.format("registrar")),
        )
    ),
]


@pytest.mark.parametrize(("text", "name", "says"), CASES + SOCKETS)
def test_what_is_said_of_files_in_common(
    text: str, name: str, says: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, {path_of(text): text})[name].evidence
    assert [one.says for one in found if one.feature == "shared-volume"] == [says]


@pytest.mark.parametrize(
    ("image", "label"), [("nginx", "sidecar"), ("example.com/web", "main")]
)
def test_a_proxy_that_reads_is_not_who_its_files_are_brought_to(
    image: str, label: str, tmp_path: Path
) -> None:
    text = placed(f"rain, {MOUNT}", f"lamp, image: {image}, {PORT}, {READ}")
    assert findings(tmp_path, {"a.yaml": text})["lamp"].label == label


WRITERS: tuple[str, ...] = (
    "> ",
    "tee ",
    "tee -a ",
    "--output=",
    "--write ",
    "--dest=",
    "--target=",
)
WRITERS += ("--into=", "--save=", "--dump=", "--log-file=", "--logdir=", "OUTPUT=")
READERS: tuple[str, ...] = (
    "tail -f ",
    "cat ",
    "less ",
    "grep a ",
    "inotifywait ",
    "--input=",
    "--tail=",
)
READERS += ("--follow=", "--watch=", "--read=", "--source=", "--from=", "--send=")
READERS += ("--ship=", "--scan=", "--position=", "--posfile=", "--bookmark=", "INPUT=")
READERS += ("--offset=", "--checkpoint=", "--cursor=")
ONE = "reads the volume data, which rain may write"


@pytest.mark.parametrize(
    ("words", "first", "says"),
    [(WRITERS, "cat /data/a", SHARES.format("rain")), (READERS, "run", ONE)],
)
def test_what_stands_in_front_of_a_folder(
    tmp_path: Path, words: tuple[str, ...], first: str, says: str
) -> None:
    files = {
        f"{at}.yaml": placed(
            f"rain, {MOUNT}", f"lamp, args: [{first}, '{one}/data/a'], {MOUNT}"
        )
        for at, one in enumerate(words)
    }
    found = {
        words[int(judged.group.path.removesuffix(".yaml"))]: why.says
        for judged in scanned(tmp_path, files).groups
        for one in judged.findings
        for why in one.evidence
        if why.feature == "shared-volume" and one.name == "lamp"
    }
    assert found == dict.fromkeys(words, says)


BROUGHT: tuple[str, ...] = (
    "content",
    "html",
    "sites",
    "www",
    "repos",
    "repository",
    "git",
    "certs",
)
BROUGHT += (
    "tls",
    "secrets",
    "static",
    "plugins",
    "rules",
    "dashboards",
    "provisioning",
)
TAKEN: tuple[str, ...] = (
    "audit",
    "spool",
    "dumps",
    "backups",
    "exports",
    "output",
    "results",
)
TAKEN += ("metrics", "traces", "events", "uploads", "logs")


@pytest.mark.parametrize(("names", "helper"), [(BROUGHT, "rain"), (TAKEN, "lamp")])
def test_the_name_of_a_volume_tells_which_end_helps(
    tmp_path: Path, names: tuple[str, ...], helper: str
) -> None:
    # Without such a word, whoever answers callers is who files are brought to.
    boxes = (f"rain, {MOUNT}", f"lamp, {PORT + ', ' if names is TAKEN else ''}{READ}")
    files = {f"{one}.yaml": named(one, placed(*boxes)) for one in names}
    found = {
        judged.group.path.removesuffix(".yaml"): one.name
        for judged in scanned(tmp_path, files).groups
        for one in judged.findings
        if one.label == "sidecar"
    }
    assert found == dict.fromkeys(names, helper)
