"""Time the page "Try it": the first answer, and those after it.

``nox -s bench`` prints the table. The first answer is that of a browser which has never
seen the site, so it loads Python; the median of three such browsers. The others are the
median of nine answers each. The server is on this machine: a reader's network is not
measured, but what it has to carry is.
"""

import gzip
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from browsing import served
from playwright.sync_api import Browser, Page, sync_playwright
from sources import REPO
from try_it import pyodide
from trying import PAGE, ask, built_with, fetched

FIRSTS, OTHERS = 3, 9
UNIT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          image: registry.example/web:1
          volumeMounts:
            - {name: logs, mountPath: /logs}
        - name: log-server
          image: registry.example/log-server:1
          volumeMounts:
            - {name: logs, mountPath: /logs, readOnly: true}
      volumes:
        - {name: logs, emptyDir: {}}
"""


def seconds(page: Page, text: str) -> float:
    """Return how long *page* takes to explain *text*."""
    begun = time.perf_counter()
    ask(page, text)
    return time.perf_counter() - begun


def first(browser: Browser, address: str, text: str) -> float:
    """Return how long the first answer takes in a window without a cache."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        return seconds(page, text)


def weight(site: Path) -> str:
    """Return what is loaded for the first answer, plain and compressed, in words."""
    files = [path for path in (site / "_static/pyodide").rglob("*") if path.is_file()]
    plain = sum(path.stat().st_size for path in files)
    small = sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in files)
    return f"{plain / 1e6:.1f} MB, {small / 1e6:.1f} MB if the site compresses it"


def main() -> None:
    """Print the table, or why there is none."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit('"Try it" is not timed: no chromium here')
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        try:
            folder = fetched(room / "pyodide")
        except pyodide.NotHere as reason:
            sys.exit(f'"Try it" is not timed: {reason}')
        built = built_with(folder, room / "html", room / "doctrees")
        if built.status:
            sys.exit(built.said)
        pod = (REPO / "examples/pods/served_log/pod.yaml").read_text("utf-8")
        compose = (REPO / "examples/pods/served_log/compose.yaml").read_text("utf-8")
        texts = {"the first example": pod, "its Compose file": compose}
        texts |= {f"{n * 19:,} lines, {n} units": UNIT * n for n in (10, 50, 200)}
        print(f"loaded for the first answer: {weight(built.folder)}")
        print("seconds  text")
        with served(built.folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            times = [first(browser, address + PAGE, pod) for _ in range(FIRSTS)]
            print(f"{statistics.median(times):7.2f}  the first answer")
            page = browser.new_page()
            page.goto(address + PAGE)
            ask(page, pod)
            for what, text in texts.items():
                times = [seconds(page, text) for _ in range(OTHERS)]
                print(f"{statistics.median(times):7.2f}  {what}", flush=True)
            browser.close()


if __name__ == "__main__":
    main()
