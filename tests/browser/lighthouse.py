"""What Lighthouse says of four pages, on a phone as it imagines one.

``nox -s lighthouse`` prints the scores and what cost points, and fails where a page
misses its goal. The site is served compressed, under the strict policy, on this
machine. Lighthouse comes from npm, at the version below; it estimates times of a slow
phone from those that it measures, so nothing else should run meanwhile.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from browsing import served

LIGHTHOUSE = "lighthouse@12.8.2"  # the last line for Node.js 20
PAGES = ("index", "pattern/define", "context/kubernetes", "recap")
GOALS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
SHIFT = "cumulative-layout-shift"


def look_at(address: str) -> dict[str, Any]:
    """Return Lighthouse's own report on a page.

    Raises SystemExit with what it said where it makes none, and
    subprocess.TimeoutExpired after five minutes.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome") or ""
    options = ["--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox"]
    done = subprocess.run(
        ["npx", "--yes", LIGHTHOUSE, address, *options],
        env={**os.environ, "CHROME_PATH": browser},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        sys.exit(f"lighthouse failed on {address}: {done.stderr[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def costs(report: dict[str, Any]) -> list[str]:
    """Return what took points from a page, the name of its category in front."""
    return [
        f"{name}: {report['audits'][one['id']]['title']}"
        for name, category in report["categories"].items()
        for one in category["auditRefs"]
        if one["weight"] and (report["audits"][one["id"]]["score"] or 0) < 0.9
        if report["audits"][one["id"]]["score"] is not None
    ]


def main() -> None:
    """Print a line for each page, and what cost points below it."""
    missed = False
    print(f"{'page':20}", *(f"{name:>14}" for name in GOALS), f"{'shift':>6}")
    with served(Path(sys.argv[1])) as address:
        for page in PAGES:
            report = look_at(f"{address}{page}.html")
            scores = {
                name: round(100 * report["categories"][name]["score"]) for name in GOALS
            }
            shift = report["audits"][SHIFT]["numericValue"]
            points = (f"{score:14}" for score in scores.values())
            print(f"{page:20}", *points, f"{shift:6.3f}", flush=True)
            missed |= shift > 0 or any(scores[name] < GOALS[name] for name in GOALS)
            for cost in costs(report):
                print(f"    {cost}")
    sys.exit("a page misses its goal" if missed else 0)


if __name__ == "__main__":
    main()
