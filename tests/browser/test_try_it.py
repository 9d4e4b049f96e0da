"""The page "Try it", with the real Pyodide in a real browser."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped,unused-ignore]
    Axe,
)
from browsing import OpenPage, served
from builds import Built
from playwright.sync_api import Browser, Locator, Page, Response, expect
from sources import REPO
from try_it import pyodide
from trying import FIRST, PAGE, answered, ask, built_with, fetched, paste

# One worker builds the two sites, and loads Python as seldom as it can.
pytestmark = pytest.mark.xdist_group("try-it")

POD = REPO / "examples/pods/served_log/pod.yaml"
LOADED = ("it.css", "it.js", "report.js")
"""What the page loads of its own before somebody asks."""
SECRET = "hunter2-is-my-password"


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the two sites."""
    return tmp_path_factory.mktemp("try-it")


@pytest.fixture(scope="session")
def built(room: Path) -> Built:
    """Give the site with Pyodide; skip where it cannot be had."""
    try:
        folder = fetched(room / "pyodide")
    except pyodide.NotHere as reason:
        pytest.skip(str(reason))
    built = built_with(folder, room / "html", room / "doctrees")
    assert built.status == 0, built.said[-2000:]
    return built


@pytest.fixture(scope="session")
def site(built: Built) -> Iterator[str]:
    """Give the address of the site with Pyodide, in the place of the usual one."""
    with served(built.folder) as address:
        yield address


@pytest.fixture(scope="session")
def bare(room: Path) -> Built:
    """Give the site without Pyodide."""
    built = built_with(room / "nowhere", room / "bare", room / "doctrees")
    assert built.status == 0, built.said[-2000:]
    return built


@pytest.fixture(scope="module")
def ready(chromium: Browser, site: str) -> Iterator[Page]:
    """Give a page that has Python loaded: for tests that paste and ask."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(site + PAGE)
        ask(page, "kind: Pod\n")
        yield page


def explain(page: Page) -> Locator:
    """Return the button that asks."""
    return page.get_by_role("button", name="Explain it")


def by_command(text: str, tmp_path: Path) -> Any:
    """Return the report of the command on *text*, as data."""
    file = tmp_path / "manifest.yaml"
    file.write_text(text, encoding="utf-8")
    command = ("-m", "sidecar_spotter", "scan", str(file), "--format", "json")
    done = subprocess.run(
        [sys.executable, *command],
        env={"PYTHONPATH": str(REPO / "examples")},
        capture_output=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "example", ["A Pod with a sidecar", "The same pair in Compose", "A false friend"]
)
def test_it_says_what_the_command_says(
    ready: Page, tmp_path: Path, example: str
) -> None:
    """Verdict, containers, labels, reasons and lines are those of the command."""
    ready.get_by_role("button", name=example).click()
    explain(ready).click()
    answered(ready)
    text = ready.locator("#try-text").input_value()
    report = by_command(text, tmp_path)
    verdict = ready.get_by_role("heading", name="Verdict")
    expect(verdict).to_have_text(f"Verdict: {report['verdict']}")
    boxes = [box for group in report["groups"] for box in group["containers"]]
    shown = ready.locator(".try-containers > li")
    assert shown.count() == len(boxes) >= 2
    for place, box in zip(shown.all(), boxes, strict=True):
        head = place.locator("p").inner_text()
        assert box["name"] in head
        assert box["label"] in head
        rows = [row.inner_text() for row in place.locator("li").all()]
        assert f"line {box['line']}" in rows[0]
        assert box["why"] in rows[0]
        for one in box["evidence"]:
            if (one["line"], one["says"]) == (box["line"], box["why"]):
                continue  # said already
            says = f"{one['says']} ({one['feature']})"
            assert any(f"line {one['line']} " in row and says in row for row in rows)


def test_a_reason_leads_to_its_line_and_its_feature(ready: Page) -> None:
    """A line number selects the line; a feature's name is a link to its section."""
    ask(ready, POD.read_text(encoding="utf-8"))
    row = ready.locator(".try-containers li li", has_text="only reads the volume logs")
    row = row.filter(has=ready.get_by_role("button", name="line 75"))
    row.get_by_role("button").click()
    assert selected(ready) == POD.read_text(encoding="utf-8").split("\n")[74]
    link = row.get_by_role("link", name="shared-volume")
    address = link.evaluate("link => link.href")
    answer = ready.request.get(address)
    assert answer.ok
    assert f'id="{address.partition("#")[2]}"' in answer.text()


def selected(page: Page) -> str:
    """Return what is selected in the text, which has the focus."""
    area = page.locator("#try-text")
    expect(area).to_be_focused()
    found = area.evaluate(
        "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    )
    assert isinstance(found, str)
    return found


def test_bad_yaml_gets_the_line_and_what_to_do(ready: Page) -> None:
    """The line is named, told how to mend, and selected."""
    lines = POD.read_text(encoding="utf-8").split("\n")
    lines[59] = "\t" + lines[59]
    explain(ready).focus()
    ask(ready, "\n".join(lines))
    expect(ready.get_by_role("heading", name="Line 60 cannot be read")).to_be_visible()
    expect(ready.locator(".try-fault")).to_contain_text("Replace it by spaces")
    status = ready.locator(".try-it [role=status]")
    expect(status).to_have_text("Done. Line 60 cannot be read.")
    assert selected(ready) == lines[59]


def test_pasted_text_stays_text(ready: Page) -> None:
    """A name that is markup is shown as it is, and runs nothing."""
    name = "<img src=x onerror=document.title='bad'><b>"
    text = POD.read_text(encoding="utf-8").replace(
        "name: log-server", f'name: "{name}"'
    )
    title = ready.title()
    ask(ready, text)
    report = ready.locator(".try-report")
    expect(report).to_contain_text(name)
    assert report.locator("img, b, script").count() == 0
    assert ready.title() == title


def test_a_huge_text_is_refused_in_one_line(open_page: OpenPage) -> None:
    """More than a megabyte is not even begun, and the page says so."""
    page = open_page(PAGE)
    paste(page, "#" * 1_200_000)
    explain(page).click()
    status = page.locator(".try-it [role=status]")
    expect(status).to_contain_text("This is 1.2 MB. The page reads up to 1 MB")
    assert page.workers == []


def test_an_empty_text_is_no_error(open_page: OpenPage) -> None:
    """Who asks without a text is told what to do first."""
    page = open_page(PAGE)
    explain(page).click()
    expect(page.locator(".try-it [role=status]")).to_contain_text("Paste a file first")
    expect(page.locator("#try-text")).to_be_focused()


def test_stop_ends_it_and_it_starts_again(open_page: OpenPage) -> None:
    """A stopped explanation leaves nothing running, and the next one works."""
    page = open_page(PAGE)
    # A site that never answers: it is still loading when it is stopped.
    wasm = "**/pyodide.asm.wasm"
    page.context.route(wasm, lambda route: None)
    paste(page, POD.read_text(encoding="utf-8"))
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_disabled()
    explain(page).click()
    status = page.locator(".try-it [role=status]")
    expect(status).to_contain_text("Loading Python", timeout=FIRST)
    assert len(page.workers) == 1
    expect(stop).to_be_focused()
    stop.press("Enter")
    expect(status).to_contain_text("Stopped")
    expect(explain(page)).to_be_focused()
    expect(page.locator(".try-report")).to_be_hidden()
    page.wait_for_timeout(200)
    assert page.workers == []
    page.context.unroute(wasm)
    explain(page).click()
    answered(page)
    expect(page.get_by_role("heading", name="Verdict")).to_be_visible()


def test_nothing_leaves_the_page(open_page: OpenPage, site: str) -> None:
    """After the paste the site is asked for its own files, and then for nothing."""
    page = open_page(PAGE)
    asked: list[tuple[str, str, str]] = []
    page.context.on(
        "request", lambda one: asked.append((one.method, one.url, one.post_data or ""))
    )
    page.on("websocket", lambda socket: asked.append(("WS", socket.url, "")))
    secret = POD.read_text(encoding="utf-8").replace("served-log", SECRET)
    ask(page, secret)
    assert asked
    folder = f"{site}_static/"
    assert [one for one in asked if one[0] != "GET" or one[2]] == []
    assert [url for _, url, _ in asked if not url.startswith(folder)] == []
    assert SECRET not in str(asked)
    asked.clear()
    ask(page, f"{secret}# again\n")
    expect(page.get_by_role("heading", name="Verdict")).to_be_visible()
    assert asked == []
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SECRET not in kept
    expect(page.locator("#try-private")).to_contain_text("leaves this page")


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    """Tab and Enter load an example, ask, and go from a reason to its line."""
    page = open_page(PAGE)

    def tab_to(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            found = page.evaluate("document.activeElement.textContent.trim()")
            if found == name:
                return
        raise AssertionError(f"no Tab leads to {name}")

    tab_to("A Pod with a sidecar")
    page.keyboard.press("Enter")
    tab_to("Explain it")
    page.keyboard.press("Enter")
    answered(page)
    expect(page.get_by_role("heading", name="Verdict")).to_be_focused()
    tab_to("line 38")
    page.keyboard.press("Enter")
    assert "name: logs" in selected(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_is_fit_for_all(
    open_page: OpenPage, ready: Page, scheme: str
) -> None:
    """No finding of axe, no sideways scrolling of a phone, no small target."""
    ready.emulate_media(
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    ready.set_viewport_size({"width": 360, "height": 640})
    lines = POD.read_text(encoding="utf-8").split("\n")
    lines[10] = lines[10].replace(":", "")
    ask(ready, "\n".join(lines))
    expect(ready.locator(".try-fault")).to_be_visible()
    # Its line leads to the text, which the header does not cover.
    ready.locator(".try-fault").get_by_role("button").press("Enter")
    area, head = (
        ready.locator(part).bounding_box() for part in ("#try-text", ".mobile-header")
    )
    assert area is not None
    assert head is not None
    assert area["y"] >= head["y"] + head["height"]
    wide = "document.documentElement.scrollWidth"
    assert ready.evaluate(wide) <= 360
    for control in ready.locator(".try-it :is(button, select)").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, control.inner_text()
    found = Axe().run(ready, context=".try-it").response["violations"]
    assert [(one["id"], one["help"]) for one in found] == []


def test_without_javascript_there_is_the_command(open_page: OpenPage) -> None:
    """No form that does nothing: the words and the command instead."""
    shows_the_command(open_page(PAGE, javascript=False))


def shows_the_command(page: Page) -> None:
    """Assert that *page* has no form to see, and says what to run instead."""
    expect(page.locator("pre", has_text="nox -s spotter -- scan FILE")).to_be_visible()
    assert page.locator("textarea:visible").count() == 0
    assert page.locator("[role=main] button:visible", has_text="Explain").count() == 0


def test_from_a_disk_there_is_the_command(chromium: Browser, built: Built) -> None:
    """A browser runs no worker for a file, so the page does not offer one."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto((built.folder / PAGE).as_uri())
        shows_the_command(page)


def test_without_pyodide_there_is_the_command(chromium: Browser, bare: Built) -> None:
    """A site that was built without Node.js has no form, and none of its weight."""
    assert not (bare.folder / "_static/pyodide").exists()
    with served(bare.folder) as address, chromium.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.goto(address + PAGE)
        shows_the_command(page)
    assert [url for url in asked if "try-" in url] == []


def test_where_python_cannot_start_there_is_the_command(open_page: OpenPage) -> None:
    """A site that lacks a file says that it failed, and what to run instead."""
    page = open_page(PAGE)
    page.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    paste(page, POD.read_text(encoding="utf-8"))
    explain(page).click()
    status = page.locator(".try-it [role=status]")
    expect(status).to_contain_text("pyodide.asm.wasm", timeout=FIRST)
    expect(page.locator("pre", has_text="nox -s spotter -- scan FILE")).to_be_visible()
    assert explain(page).is_enabled()


def test_it_weighs_on_no_other_page(chromium: Browser, site: str) -> None:
    """Other pages load nothing of it, and its own page little before it is asked."""
    sizes: dict[str, int] = {}

    def weigh(answer: Response) -> None:
        name = answer.url.partition("?")[0].removeprefix(site)
        sizes[name] = int(answer.headers["content-length"])

    with chromium.new_context() as context:
        page = context.new_page()
        page.on("response", weigh)
        page.goto(site + "reference/spotter.html", wait_until="networkidle")
        assert [name for name in sizes if "try-" in name or "pyodide" in name] == []
        page.goto(site + PAGE, wait_until="networkidle")
    own = {name: size for name, size in sizes.items() if "/try" in name}
    assert set(own) == {PAGE, *(f"_static/try-{name}" for name in LOADED)}
    assert sum(own.values()) <= 15_000, own
