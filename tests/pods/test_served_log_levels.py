"""The running example at every level: the same programs, the same answers."""

from typing import Any

import pytest
from levels import AsPod, Launch, Level, stop_cleanly, until, url_of
from programs import Get

Document = dict[str, Any]

NO_LOG = (404, "no log yet at /var/log/web/access.log\n")


def urls(system: Level) -> tuple[str, str]:
    """Return the addresses of the two programs."""
    return url_of(system, 8080), url_of(system, 8081)


def test_a_request_can_be_read_through_the_sidecar(launch: Launch, get: Get) -> None:
    web, log = urls(launch("served_log"))
    assert get(web + "hello") == (200, "Hello! You asked for /hello\n")
    status, text = get(log)
    assert status == 200
    assert text.endswith(" GET /hello 200\n")


@pytest.mark.levels("processes", "pod", "cluster")
def test_the_native_sidecar_serves_as_well(launch: Launch, get: Get) -> None:
    system = launch("served_log", file="pod-native.yaml")
    web, log = urls(system)
    assert get(web + "hello")[0] == 200
    assert get(log)[1].endswith(" GET /hello 200\n")
    assert "listening" in system.output("log-server")


def test_the_sidecar_comes_back_and_has_lost_nothing(launch: Launch, get: Get) -> None:
    system = launch("served_log")
    web, log = urls(system)
    assert get(web + "before")[0] == 200
    get(log)
    system.kill("log-server")
    assert get(web + "while-it-is-down")[0] == 200
    assert [line.split()[2] for line in get(log)[1].splitlines()] == [
        "/before",
        "/while-it-is-down",
    ]


# On a cluster the output is gone with the pod.
@pytest.mark.levels("processes", "pod", "compose")
def test_both_stop_cleanly(launch: Launch, get: Get) -> None:
    system = launch("served_log")
    for url in urls(system):
        get(url)
    stop_cleanly(system, "web", "log-server")


# Processes share all files and see each other: there are no walls to test.
@pytest.mark.levels("pod", "compose", "cluster")
def test_the_sidecar_cannot_write_the_log_or_see_the_processes_of_web(
    launch: Launch, get: Get
) -> None:
    system = launch("served_log")
    get(urls(system)[0] + "hello")
    write = "open('/var/log/web/access.log', 'w')"
    refused = system.run("log-server", "python3", "-c", write)
    assert "Read-only file system" in refused.stderr
    programs = (
        "import glob; print([open(f).read() for f in glob.glob('/proc/*/cmdline')])"
    )
    seen = system.run("log-server", "python3", "-c", programs).stdout
    assert "log_server.py" in seen
    assert "web.py" not in seen


@pytest.mark.levels("pod", "compose", "cluster")
def test_both_containers_have_one_network(launch: Launch, get: Get) -> None:
    system = launch("served_log")
    get(urls(system)[0])
    ask = "import urllib.request as r; print(r.urlopen('http://localhost:8080/near').read())"
    answer = system.run("log-server", "python3", "-c", ask)
    assert answer.stdout == "b'Hello! You asked for /near\\n'\n"


# What the historic bug does depends on the walls of a pod.
@pytest.mark.levels("pod")
def test_the_historic_bug_is_loud_in_a_hardened_pod(launch: Launch, get: Get) -> None:
    system = launch("served_log", file="pod-bug.yaml")
    assert get(urls(system)[1]) == NO_LOG
    assert until(lambda: system.output("web")).startswith(
        "web: cannot write to /access.log (Read-only file system): set LOG_DIR"
    )


@pytest.mark.levels("pod")
def test_the_historic_bug_is_silent_where_root_may_write_anywhere(
    launch: Launch, get: Get
) -> None:
    def as_in_the_old_sample(pod: Document) -> None:
        web = pod["spec"]["containers"][0]
        web["securityContext"] = {"runAsUser": 0, "runAsNonRoot": False}

    system = launch("served_log", file="pod-bug.yaml", change=as_in_the_old_sample)
    assert isinstance(system, AsPod)
    web, log = urls(system)
    assert get(web + "hello")[0] == 200
    assert get(log) == NO_LOG
    lost = system.run("web", "cat", "/access.log")
    assert lost.stdout.endswith(" GET /hello 200\n")
    assert system.output("web") == "web: listening on http://0.0.0.0:8080/\n"
