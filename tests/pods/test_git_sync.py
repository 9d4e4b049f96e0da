"""A site that follows a git branch: what readers see, whatever happens to it."""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from lab.manifest import load, notes
from lab.systems import PODS, missing
from levels import AsProcesses, Launch, Level, stop_cleanly, until, url_of
from programs import LIMIT, FreePort, Get, Start, starter

SYSTEM = PODS / "git_sync"
FILES = 40
"""Files of a commit of these tests, each with the same number in it."""
GIT = {
    "GIT_CONFIG_GLOBAL": str(SYSTEM / "gitconfig"),
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(place: Path, *words: str, text: str = "") -> str:
    """Run git on a repository; return what it prints."""
    done = subprocess.run(
        ["git", f"--git-dir={place}", *words],
        input=text,
        env=os.environ | GIT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
    )
    return done.stdout.strip()


def commit(place: Path, number: int, *, mode: str = "100644", names: str = "") -> str:
    """Commit files that all hold *number*, on top of main; return the commit."""
    blob = git(place, "hash-object", "-w", "--stdin", text=str(number))
    chosen = names.split() or [f"{n}.txt" for n in range(FILES)]
    tree = git(
        place, "mktree", text="".join(f"{mode} blob {blob}\t{n}\n" for n in chosen)
    )
    old = git(place, "rev-parse", "main")
    new = git(place, "commit-tree", tree, "-p", old, "-m", "next")
    git(place, "update-ref", "refs/heads/main", new)
    return new


def urls(system: Level) -> tuple[str, str]:
    """Return where the site is, and where its sidecar says how it is."""
    return url_of(system, 8086), url_of(system, 8087) + "healthz"


def publish(system: Level, text: str) -> None:
    """Publish a page as the lab does it."""
    done = system.run("git-sync", "python3", "/app/publish.py", text)
    assert done.returncode == 0, done.stdout + done.stderr


# --- at every level


def test_a_commit_is_served_soon(launch: Launch, get: Get) -> None:
    system = launch("git_sync")
    site, sync = urls(system)
    until(lambda: get(site) == (200, "Hello from git!\n"))
    publish(system, "Second")
    until(lambda: get(site) == (200, "Second\n"))
    status, text = get(site + "tree")
    head, *files = text.splitlines()
    assert (status, files) == (200, ["about.txt: edition 2", "index.txt: Second"])
    assert until(lambda: get(sync))[1] == f"in step: {head.split()[1]}\n"

    system.kill("git-sync")
    assert get(site) == (200, "Second\n")
    until(lambda: system.output("git-sync").count("listening") == 2)
    publish(system, "Third")
    until(lambda: get(site) == (200, "Third\n"))
    if system.name != "processes":  # whose folders are this machine's
        assert system.run("web", "sh", "-c", ">/srv/site/x").returncode != 0
    stop_cleanly(system, "web", "git-sync")


def test_when_the_repository_is_gone_the_last_tree_stays(
    launch: Launch, get: Get
) -> None:
    system = launch("git_sync")
    site, sync = urls(system)
    until(lambda: get(sync)[0] == 200)
    move = "import os, sys; os.rename(os.environ['REPO'] + sys.argv[1], "
    move += "os.environ['REPO'] + sys.argv[2])"
    system.run("git-sync", "python3", "-c", move, "", ".away")
    until(lambda: get(sync)[0] == 503)
    text = get(sync)[1]
    assert text.startswith("stale for ")
    assert " is served; git fetch: fatal: '" in text
    assert get(site) == (200, "Hello from git!\n")
    time.sleep(1.5)  # some rounds, of which each fails
    assert system.output("git-sync").count("does not appear to be a git") == 1
    system.run("git-sync", "python3", "-c", move, ".away", "")
    until(lambda: get(sync)[0] == 200)
    assert get(site) == (200, "Hello from git!\n")


# podman-compose has no native sidecars.
@pytest.mark.levels("processes", "pod", "cluster")
def test_as_a_native_sidecar_it_starts_before_the_first_tree(
    launch: Launch, get: Get
) -> None:
    system = launch("git_sync", file="pod-native.yaml")
    until(lambda: get(urls(system)[0]) == (200, "Hello from git!\n"))


# --- as processes: the programs and git are the same at the other levels

processes = pytest.mark.levels("processes")


def quick(launch: Launch, get: Get, **more: str) -> tuple[AsProcesses, Path]:
    """Launch a system that looks often; return it and its repository."""
    settings = {"git-sync": {"PERIOD": "0.05"} | more}
    system = launch("git_sync", settings=settings)
    assert isinstance(system, AsProcesses)
    return system, system.volume("repository") / "site.git"


@processes
def test_no_reader_ever_sees_two_commits_at_once(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get)
    site, _ = urls(system)
    commit(place, 0)
    until(lambda: get(site + "0.txt")[0] == 200)
    wrong: list[object] = []
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            status, text = get(site + "tree")
            numbers = [line.split()[1] for line in text.splitlines()[1:]]
            if status != 200 or len(set(numbers)) != 1 or len(numbers) != FILES:
                wrong.append((status, text))
            seen.update(numbers)
            for name in ("0.txt", f"{FILES - 1}.txt"):
                if (alone := get(site + name))[0] != 200:
                    wrong.append(alone)

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 41):
        last = commit(place, number)
        if number % 4 == 0:  # or a slow machine shows the last one alone
            until(lambda: str(number) in seen)  # noqa: B023
    until(lambda: get(site + "tree")[1].startswith(f"tree {last[:7]}"))
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) >= 10


@processes
def test_what_a_commit_removes_is_gone_and_nothing_else_is_served(
    launch: Launch, get: Get
) -> None:
    system, place = quick(launch, get)
    site, _ = urls(system)
    until(lambda: get(site + "about.txt")[0] == 200)
    commit(place, 1, names="index.txt")
    until(lambda: get(site) == (200, "1"))
    assert get(site + "about.txt") == (404, "no such file\n")
    outside = ("../../current", "%2e%2e/%2e%2e/trees", "..%2f..%2f..%2fetc/passwd")
    for path in (*outside, "/etc/passwd", "%00", "x" * 5000, "index.txt/x", "%ff"):
        assert get(site + path) == (404, "no such file\n")


@processes
def test_a_link_in_a_commit_leads_nowhere(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get)
    site, _ = urls(system)
    blob = git(place, "hash-object", "-w", "--stdin", text="/etc/passwd")
    tree = git(place, "mktree", text=f"120000 blob {blob}\tlink\n")
    git(place, "update-ref", "refs/heads/main", git(place, "commit-tree", tree))
    until(lambda: get(site + "link") == (200, "/etc/passwd"))
    # And if one is there all the same, it is not followed out of the tree.
    (system.volume("site") / "current" / "other").symlink_to("/etc/passwd")
    assert get(site + "other") == (404, "no such file\n")


@processes
def test_a_rewritten_branch_is_followed_and_reported(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get)
    site, _ = urls(system)
    commit(place, 1, names="index.txt")
    until(lambda: get(site) == (200, "1"))
    # What was built on the first commit is thrown away, and something else built.
    git(place, "update-ref", "refs/heads/main", "main~1")
    until(lambda: get(site) == (200, "Hello from git!\n"))
    commit(place, 2, names="index.txt")
    until(lambda: get(site) == (200, "2"))
    lines = system.output("git-sync").splitlines()
    assert len([line for line in lines if "main was rewritten: to " in line]) == 1
    assert not [line for line in lines if "git fetch" in line]


@processes
def test_a_damaged_repository_changes_nothing(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get)
    site, sync = urls(system)
    until(lambda: get(sync)[0] == 200)
    away = place.rename(place.with_name("away"))
    good = git(away, "rev-parse", "main")
    commit(away, 1, names="index.txt")
    blob = git(away, "rev-parse", "main:index.txt")
    file = away / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    away.rename(place)
    until(lambda: "git fetch" in get(sync)[1] and "appear" not in get(sync)[1])
    assert get(sync)[0] == 503
    assert get(site) == (200, "Hello from git!\n")
    git(place, "update-ref", "refs/heads/main", good)
    until(lambda: get(sync)[0] == 200)


@processes
def test_a_damaged_clone_is_made_anew(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get)
    site, sync = urls(system)
    until(lambda: get(sync)[0] == 200)
    (clone,) = system.volume("work").iterdir()
    # What a git leaves that was killed while it wrote.
    (clone / "refs" / "heads" / "tip.lock").touch()
    commit(place, 1, names="index.txt")
    until(lambda: get(site) == (200, "1"))
    assert "tip.lock" in system.output("git-sync")


@processes
def test_a_branch_that_does_not_exist_is_named(launch: Launch, get: Get) -> None:
    system, place = quick(launch, get, BRANCH="next")
    site, sync = urls(system)
    until(lambda: "find remote ref refs/heads/next" in get(sync)[1])
    assert get(sync)[0] == 503
    assert get(site) == (503, "there is no site yet\n")
    assert get(site + "healthz")[0] == 503
    git(place, "update-ref", "refs/heads/next", "main")
    until(lambda: get(site) == (200, "Hello from git!\n"))


@processes
@pytest.mark.parametrize("file", ["pod.yaml", "pod-native.yaml"])
def test_a_start_without_the_repository_is_no_failed_start(
    launch: Launch, get: Get, file: str
) -> None:
    spec = load(SYSTEM / file)["spec"]
    boxes = {box["name"]: box for box in spec["initContainers"] + spec["containers"]}
    settings = {"git-sync": {"PERIOD": "0.05", "BRANCH": "next"}}
    system = launch("git_sync", file=file, settings=settings)
    assert isinstance(system, AsProcesses)

    def asked(name: str, probe: str, port: int) -> int:
        path = boxes[name][probe]["httpGet"]["path"]
        return get(f"http://127.0.0.1:{system.port(port)}{path}")[0]

    # A kubelet restarts what does not start, and waits longer each time.
    until(lambda: "find remote ref" in get(urls(system)[1])[1])
    assert asked("git-sync", "startupProbe", 8087) == 200
    assert "startupProbe" not in boxes["web"]
    assert asked("web", "readinessProbe", 8086) == 503
    place = system.volume("repository") / "site.git"
    git(place, "update-ref", "refs/heads/next", "main")
    until(lambda: asked("web", "readinessProbe", 8086) == 200)
    assert system.output("git-sync").count("listening") == 1


@processes
def test_old_trees_are_kept_for_a_while_and_do_not_pile_up(
    launch: Launch, get: Get
) -> None:
    system, place = quick(launch, get, KEEP="3", KEEP_SECONDS="1")
    site, _ = urls(system)
    trees = system.volume("site") / "trees"
    most = 0
    for number in range(12):
        commit(place, number, names="index.txt")
        until(lambda: get(site) == (200, str(number)))  # noqa: B023
        time.sleep(0.06)  # a round
        most = max(most, len(list(trees.iterdir())))
    assert most in (3, 4)  # the new one is there before the oldest goes
    until(lambda: len(list(trees.iterdir())) == 1)
    assert get(site) == (200, "11")


# --- the sidecar alone


@pytest.fixture
def start(tmp_path: Path, free_port: FreePort) -> Iterator[Start]:
    """Start a program of the system by itself."""
    if reason := missing(notes(SYSTEM / "pod.yaml").needs):
        pytest.skip(reason)
    usual = {"PORT": str(free_port()), "PERIOD": "0.05"}
    for name, folder in {"SITE_DIR": "site", "WORK_DIR": "work"}.items():
        (tmp_path / folder).mkdir()
        usual[name] = str(tmp_path / folder)
    with starter(SYSTEM, REPO=str(tmp_path / "site.git"), **usual) as start:
        yield start


def seeded(start: Start, tmp_path: Path) -> Path:
    """Make the repository and return it."""
    _, output, errors = start("seed.py").outcome()
    assert output.startswith("seed: made site.git, ") and not errors
    return tmp_path / "site.git"


def test_killed_at_any_moment_it_leaves_a_whole_tree(
    start: Start, tmp_path: Path
) -> None:
    place, site = seeded(start, tmp_path), tmp_path / "site"
    current, trees = site / "current", site / "trees"
    names = " ".join(f"{n}.txt" for n in range(400))
    trees.mkdir()
    chance = random.Random(20261124)
    seen = set()
    last = ""
    for turn in range(30):
        if turn % 2 == 0:  # killed while it makes the tree of the newest commit
            last = commit(place, turn, names=names)
            before = len(list(trees.iterdir()))
            process = start("git_sync.py", KEEP_SECONDS="100", KEEP="100")
            until(lambda: len(list(trees.iterdir())) != before)  # noqa: B023
            time.sleep(chance.uniform(0, 0.03))
        else:  # killed soon after it has taken up what was left
            process = start("git_sync.py", KEEP_SECONDS="100", KEEP="100")
            until(lambda: current.exists() and current.resolve().name == last)  # noqa: B023
            time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.wait(LIMIT)
        if current.exists():
            tree = current.resolve()
            texts = [file.read_text() for file in tree.iterdir()]
            assert texts == [git(place, "show", f"{tree.name}:0.txt")] * 400
            seen.add(tree.name)
    assert len(seen) == 15
    last = commit(place, 99)
    start("git_sync.py", KEEP_SECONDS="0.5")
    until(lambda: current.resolve().name == last)
    # Nothing that was begun is left.
    until(lambda: [tree.name for tree in trees.iterdir()] == [last])
    until(lambda: len(list((tmp_path / "work").iterdir())) == 1)


def test_a_git_that_hangs_is_ended_with_its_helpers(
    start: Start, tmp_path: Path, get: Get, free_port: FreePort
) -> None:
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "git"
    fake.write_text(f"#!/bin/sh\nsleep 60 &\necho $! >>{tmp_path}/helpers\nwait\n")
    fake.chmod(0o755)
    port = free_port()
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    process = start("git_sync.py", PATH=path, PORT=str(port), GIT_SECONDS="0.5")
    until(lambda: "git init was too slow" in get(f"http://127.0.0.1:{port}/healthz")[1])
    first = int((tmp_path / "helpers").read_text().split()[0])
    until(lambda: not psutil.pid_exists(first))
    status, output, _ = process.stop()
    assert (status, output.splitlines()[-1]) == (0, "git-sync: stopped")
    for helper in (tmp_path / "helpers").read_text().split():
        with suppress(psutil.NoSuchProcess):
            psutil.Process(int(helper)).wait(LIMIT)


def test_it_stops_at_once_although_git_works(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "git"
    fake.write_text(f"#!/bin/sh\ntouch {tmp_path}/called\nexec sleep 60\n")
    fake.chmod(0o755)
    process = start(
        "git_sync.py", PATH=f"{tmp_path}/bin:{os.environ['PATH']}", GIT_SECONDS="50"
    )
    until((tmp_path / "called").exists)
    status, output, errors = process.stop(within=5)
    assert (status, errors) == (0, "")
    assert output.endswith("git-sync: stopped\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"REPO": "https://x"}, "REPO is 'https://x': set it to a path from / on"),
        ({"REPO": ""}, "REPO is '': set it"),
        ({"SITE_DIR": "/nowhere"}, "no folder at /nowhere: mount the volume"),
        ({"WORK_DIR": "/nowhere"}, "no folder at /nowhere: mount the volume"),
        ({"SITE_DIR": "/proc"}, "cannot write to /proc ("),
        ({"WORK_DIR": "/proc"}, "cannot write to /proc ("),
        ({"PERIOD": "-1"}, "PERIOD is '-1': set it to a number"),
        ({"KEEP": "many"}, "KEEP is 'many': set it to a number"),
        ({"PORT": "x"}, "PORT is 'x': set it to a number"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    start: Start, settings: dict[str, str], said: str
) -> None:
    error = start("git_sync.py", **settings).refusal()
    assert error.startswith(f"git-sync: {said}")


def test_a_volume_without_room_for_the_trees_is_named(
    start: Start, tmp_path: Path
) -> None:
    site = tmp_path / "occupied"
    site.mkdir()
    (site / "trees").write_text("a file is in the way")
    error = start("git_sync.py", SITE_DIR=str(site)).refusal()
    assert error.startswith(f"git-sync: cannot make {site}/trees (")


def test_seed_and_publish_say_what_is_wrong(start: Start, tmp_path: Path) -> None:
    for program, words, settings, said in (
        ("seed.py", [], {"REPO": "/proc/site.git"}, "seed: cannot make /proc/site.git"),
        ("seed.py", [], {"PATH": "/nowhere"}, "seed: cannot make "),
        ("publish.py", ["text"], {}, f"publish: no repository at {tmp_path}/site.git"),
        ("publish.py", [str(tmp_path), "text"], {}, "publish: cannot publish in "),
        ("publish.py", [], {}, "publish: say which repository"),
    ):
        assert start(program, *words, **settings).refusal().startswith(said)
        shutil.rmtree(tmp_path / "site.git", ignore_errors=True)
    seeded(start, tmp_path)
    _, again, _ = start("seed.py").outcome()
    assert again == f"seed: the repository {tmp_path}/site.git is there\n"
