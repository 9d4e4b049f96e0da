"""The link check, with the handbook's own settings, against a server of our own."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from broken_links import report
from builds import sphinx
from sources import REPO


class Answers(BaseHTTPRequestHandler):
    """Answers each path in the way that its name says."""

    seen: Counter[str] = Counter()
    tokens: dict[str, str | None] = {}

    def do_GET(self) -> None:
        """Answer one request."""
        name = self.path.strip("/")
        self.seen[name] += 1
        self.tokens[name] = self.headers.get("Authorization")
        turn = self.seen[name]
        if name == "slow":
            time.sleep(3)
        status = {
            "moved": 301,
            "missing": 404,
            "forbidden": 403,
            "away": 503,
            "wait-forever": 429,
            "wait-twice": 429 if turn <= 2 else 200,
            "fails-first": 500 if turn == 1 else 200,
        }.get(name, 200)
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        if status == 301:
            self.send_header("Location", "/good")
        body = b'<html><body><p id="here">text</p></body></html>'
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, str]]:
    """Serve two hosts on loopback, so that one may ask to wait without the other."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Answers) for _ in range(2)]
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    yield tuple(f"http://127.0.0.1:{one.server_address[1]}" for one in servers)  # type: ignore[misc]
    for one in servers:
        one.shutdown()
        one.server_close()


LINKS = {
    "good": "working",
    "good#here": "working",
    "moved": "redirected",
    "fails-first": "working",
    "missing": "broken",
    "forbidden": "broken",
    "away": "broken",
    "slow": "broken",
    "good#nowhere": "broken",
}
PATIENCE = {"wait-twice": "working", "wait-forever": "broken"}


@pytest.fixture(scope="module")
def results(
    server: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], float, Path]:
    """Check the links once: what each came to, the seconds it took, the report."""
    source = tmp_path_factory.mktemp("links")
    lines = [f"- <{server[0]}/{name}>" for name in LINKS]
    lines += [f"- <{server[1]}/{name}>" for name in PATIENCE]
    (source / "index.md").write_text("# Links\n\n" + "\n".join(lines) + "\n")
    begun = time.monotonic()
    # The handbook's own settings, but for shorter waits and loopback let in.
    (source / "conf.py").write_text(
        "import runpy\n"
        f"settings = runpy.run_path({str(REPO / 'docs' / 'conf.py')!r})\n"
        "names = [n for n in settings if n.startswith('linkcheck_')]\n"
        "globals().update({name: settings[name] for name in names})\n"
        "extensions = ['myst_parser', 'linkcheck_limits']\n"
        "linkcheck_ignore = []\n"
        "linkcheck_timeout = 1\n"
        "linkcheck_rate_limit_timeout = 4\n"
    )
    begun = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", "not-for-you")
        built = sphinx(source, source / "out", "linkcheck")
    took = time.monotonic() - begun
    output = source / "out" / "output.json"
    assert output.exists(), built.said
    entries = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    statuses = {entry["uri"].split("/", 3)[3]: entry["status"] for entry in entries}
    assert built.status != 0, "broken links must fail the check"
    return statuses, took, output


@pytest.mark.parametrize(("name", "status"), (LINKS | PATIENCE).items())
def test_each_answer_is_reported_rightly(
    results: tuple[dict[str, str], float, Path], name: str, status: str
) -> None:
    """What a server answers decides what the check says of the link."""
    assert results[0].get(name) == status


def test_it_ends(results: tuple[dict[str, str], float, Path]) -> None:
    """A server that asks to wait again and again is given up in time."""
    assert results[1] < 60


def test_failures_are_tried_again(
    results: tuple[dict[str, str], float, Path],
) -> None:
    """Time-outs and server errors get three tries before they count."""
    assert Answers.seen["slow"] >= 3
    assert Answers.seen["away"] >= 3


def test_no_token_for_other_hosts(
    results: tuple[dict[str, str], float, Path],
) -> None:
    """The token of the hosted run is sent to its own host alone."""
    assert set(Answers.tokens.values()) == {None}


def test_the_report_names_what_broke(
    results: tuple[dict[str, str], float, Path],
) -> None:
    """The text of the issue lists each broken address with its page and reason."""
    text = report(results[2].read_text(encoding="utf-8"))
    broken = [name for name, status in (LINKS | PATIENCE).items() if status == "broken"]
    for name in broken:
        assert f"/{name}" in text
    assert "index.md" in text
    assert "/moved" not in text
