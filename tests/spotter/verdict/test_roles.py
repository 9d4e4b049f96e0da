"""What a container is for, in one word: its image tells it, or its name."""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, placed
from scanning import findings, path_of

BEFORE = "initContainers: [{{{}}}]"
CHART = "# chart\n"

CASES = [
    pytest.param(
        placed("rain", more=BEFORE.format("name: fill, image: git-sync")),
        *("fill", "git-sync"),
        id="a helper's image, before the others",
    ),
    pytest.param(
        placed("rain", more=BEFORE.format("name: copy-pages, image: git-sync")),
        *("copy-pages", "init"),
        id="a helper's image, with a name of what is done in a moment",
    ),
    pytest.param(
        placed("rain", more=BEFORE.format("image: git-sync")),
        *("", "git-sync"),
        id="a helper's image, before the others and without a name",
    ),
    pytest.param(
        placed("rain", more=BEFORE.format("name: sidecar-copy, image: git-sync")),
        *("sidecar-copy", "init"),
        id="a helper's image, before the sidecar that it is called after",
    ),
    pytest.param(
        placed("rain", more=BEFORE.format("name: config-helper, image: lamp")),
        *("config-helper", "init"),
        id="a name that tells a helper of any kind, before the others",
    ),
    pytest.param(
        placed("sidecar", kind="Deployment"),
        *("sidecar", "program"),
        id="what is called a sidecar, and is none",
    ),
    pytest.param(
        placed("rain", more=BEFORE.format("name: fill, image: redis")),
        *("fill", "init"),
        id="the tools of a store, before the others",
    ),
    pytest.param(
        placed("redis-thing, image: redis", f"helper, {MOUNT}"),
        *("redis-thing", "database"),
        id="a store that is the main program",
    ),
    pytest.param(
        placed(f"rain, image: nginx, {MOUNT}", f"git-sync, {MOUNT}"),
        *("rain", "application"),
        id="an image that often helps, of the main program",
    ),
    pytest.param(
        placed("proxy", "git-sync", kind="Deployment", name="proxy"),
        *("proxy", "application"),
        id="a helper's name, of the main program",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"server, {READ}"),
        *("server", "helper"),
        id="a main program's name, of a helper",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"proxy, {READ}"),
        *("proxy", "proxy"),
        id="a helper's name, of a helper",
    ),
    pytest.param(
        placed("app", "lamp"), *("lamp", "program"), id="nothing that tells it"
    ),
    pytest.param(
        CHART
        + placed(f"app, {MOUNT}", f"backup, image: '{{{{ .Values.redis }}}}', {READ}"),
        *("backup", "backup"),
        id="a helper's name, with an expression that names a store",
    ),
    pytest.param(
        CHART
        + placed(f"app, {MOUNT}", f"lamp, image: '{{{{ .Values.redis }}}}', {READ}"),
        *("lamp", "database"),
        id="any name, with an expression that names a store",
    ),
    pytest.param(
        placed("app", "db-backup, image: postgres"),
        *("db-backup", "backup"),
        id="a helper's name, with the tools of a store",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: postgres, {READ}"),
        *("lamp", "database"),
        id="any name, with the image of a store",
    ),
    *(
        pytest.param(
            placed("app", more=f"initContainers: [{{name: {name}, image: b}}]"),
            *(name, "init"),
            id=f"an init container called {name}",
        )
        for name in ("clean-old-logs", "remove-backup")
    ),
]


@pytest.mark.parametrize(("text", "name", "role"), CASES)
def test_what_a_container_is_for(
    text: str, name: str, role: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, {path_of(text): text})[name].role == role
