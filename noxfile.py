"""Every job of a maintainer or of CI, one short session each.

`nox -l` lists them. README.md shows how to get nox from nothing.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["docs"]

BUILD = Path("build")
# -n: every reference must resolve. -W: a warning fails the build.
# -j: with every core, and one more, so that pages are being written while Sphinx
# prepares the next ones; the output is the same.
JOBS = str((os.cpu_count() or 1) + 1)
STRICT = ("-n", "-W", "--keep-going", "-j", JOBS)
PAPERS = {"a4": "latex", "letter": "latex-letter"}  # paper -> folder in build/


def install(session: nox.Session, group: str) -> None:
    """Install the locked requirements of *group*, hashes checked."""
    session.install("--require-hashes", "-r", f"requirements/{group}.txt")


def need(session: nox.Session, **packages: str) -> None:
    """End *session* with one line unless every tool named is on this machine.

    *packages* maps a tool to the Debian packages that bring it.
    """
    missing = [names for tool, names in packages.items() if not shutil.which(tool)]
    if missing:
        session.error(f"{session.name} needs: apt-get install {' '.join(missing)}")


def build(session: nox.Session, builder: str, *options: str, folder: str = "") -> Path:
    """Build the handbook with *builder* and return the folder that holds it."""
    target = BUILD / (folder or builder)
    session.run("sphinx-build", *STRICT, "-b", builder, *options, "docs", str(target))
    return target


def deck(target: Path) -> tuple[str, ...]:
    """Return the command that builds the deck of the talk into *target*."""
    # Not with every core: sphinx-revealjs does not say that it may.
    return (
        *("sphinx-build", "-q", "-n", "-W", "-b", "revealjs"),
        *("-d", str(BUILD / "doctrees-deck"), "docs/talk/deck", str(target)),
    )


@nox.session
def docs(session: nox.Session) -> None:
    """Build the HTML handbook and say where to open it."""
    install(session, "docs")
    target = build(session, "html", *session.posargs)
    session.run(*deck(target / "talk" / "deck"))
    session.log(f"Open {(target / 'index.html').resolve().as_uri()}")


@nox.session(venv_backend="none")
def tryit(session: nox.Session) -> None:
    """Fetch Pyodide from npm, so that a build makes the page "Try it" work."""
    need(session, npm="npm")
    session.run(sys.executable, "docs/_ext/try_it/pyodide.py", *session.posargs)


@nox.session
def serve(session: nox.Session) -> None:
    """Serve the handbook on this machine and rebuild it at every change."""
    install(session, "serve")
    watched = [f"--watch={folder}" for folder in ("examples", "images")]
    target = BUILD / "serve"
    then = f"--post-build={shlex.join(deck(target / 'talk' / 'deck'))}"
    command = ("sphinx-autobuild", "-n", *watched, then, "docs", str(target))
    session.run(*command, *session.posargs)


@nox.session
def pdf(session: nox.Session) -> None:
    """Build the PDF with XeLaTeX; `nox -s pdf -- letter` for US Letter."""
    tex = " ".join(Path(".ci/tex_packages").read_text().split())
    need(session, latexmk=tex, xelatex="texlive-xetex")
    papers = session.posargs or ["a4"]
    if strange := set(papers) - set(PAPERS):
        session.error(f"no paper called {', '.join(strange)}: {', '.join(PAPERS)}")
    install(session, "docs")
    for paper in papers:
        size = f"latex_elements.papersize={paper}paper"
        # For the second paper the pages are not read again.
        options = ("-D", size, "-d", str(BUILD / "latex" / ".doctrees"))
        target = build(session, "latex", *options, folder=PAPERS[paper])
        with session.chdir(target):
            session.run(
                *("latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error"),
                *("-quiet", "sidecar-handbook.tex"),
                external=True,
            )
        session.log(f"Open {(target / 'sidecar-handbook.pdf').resolve().as_uri()}")


@nox.session
def epub(session: nox.Session) -> None:
    """Build the EPUB."""
    install(session, "docs")
    target = build(session, "epub")
    session.log(f"Open {(target / 'sidecar-handbook.epub').resolve().as_uri()}")


@nox.session
def slides(session: nox.Session) -> None:
    """Build the talk's deck and print its handouts (needs Chromium)."""
    names = ("chromium", "google-chrome")
    browser = next((name for name in names if shutil.which(name)), names[0])
    need(session, **{browser: "chromium"})
    install(session, "docs")
    target = (BUILD / "slides").resolve()
    session.run(*deck(target))
    # Chromium's sandbox refuses to work for root, which CI is.
    how = ["--headless", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    how += ["--no-pdf-header-footer", "--generate-pdf-document-outline"]
    for cut in ("short", "long"):
        paper = target / f"handout-{cut}.pdf"
        page = f"{(target / cut).as_uri()}.html?handout"
        print_it = (browser, *how, f"--print-to-pdf={paper}", page)
        session.run(*print_it, external=True, silent=True)
        session.log(f"Print {paper.as_uri()}")
    session.log(f"Open {(target / 'long.html').as_uri()}")


@nox.session
def doctest(session: nox.Session) -> None:
    """Run every Python example that stands on a page."""
    install(session, "tests")  # some examples call the spotter
    build(session, "doctest")


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Visit every outside address (needs the internet)."""
    install(session, "docs")
    build(session, "linkcheck")


@nox.session
def record(session: nox.Session) -> None:
    """Record again what commands print, and which addresses the site has."""
    install(session, "tests")
    files = sorted(Path("docs/recorded").glob("*.console"))
    env = {"PYTHONPATH": "examples"}
    session.run("python", "tests/site/transcripts.py", *map(str, files), env=env)
    session.run("python", "tests/site/published.py", str(build(session, "html")))


@nox.session
def lab(session: nox.Session) -> None:
    """Run one of the example systems: `nox -s lab` lists them."""
    install(session, "lab")
    session.run(
        *("python", "-m", "lab", *session.posargs),
        env={"PYTHONPATH": "examples"},
        # After Ctrl-C nox would kill the runner before its containers have stopped.
        interrupt_timeout=60,
        terminate_timeout=60,
    )


@nox.session
def measure(session: nox.Session) -> None:
    """Measure what a sidecar costs, in ten minutes."""
    install(session, "measure")
    command = ("python", "-m", "trade_offs", *session.posargs)
    session.run(*command, env={"PYTHONPATH": "examples"})


@nox.session
def spotter(session: nox.Session) -> None:
    """Find the sidecars in a repository: `nox -s spotter -- scan PATH`."""
    install(session, "spotter")
    command = ("python", "-m", "sidecar_spotter", *session.posargs)
    session.run(*command, env={"PYTHONPATH": "examples"})


@nox.session
def tests(session: nox.Session) -> None:
    """Run all the tests; one that lacks a tool is skipped, with the reason."""
    install(session, "tests")
    # One worker more than cores: about half of the tests' time is waiting.
    workers = str((os.cpu_count() or 1) + 1)
    session.run("pytest", "-n", workers, "--dist", "loadgroup", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the form of code and workflow files; change nothing."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    for system in sorted(Path("examples/pods").glob("*/pod.yaml")):
        programs = set(system.parent.glob("*.py")) - {system.with_name("serve.py")}
        env = {"MYPYPATH": f"examples/pods/common:{system.parent}"}
        session.run("mypy", *map(str, sorted(programs)), env=env)
    workflows = [str(path) for path in sorted(Path(".github/workflows").glob("*.yml"))]
    schema = "vendor.github-workflows"
    session.run("check-jsonschema", "--builtin-schema", schema, *workflows)
    rtd = ("--builtin-schema", "vendor.readthedocs", ".readthedocs.yaml")
    session.run("check-jsonschema", *rtd)
    session.run("zizmor", "--offline", "--pedantic", ".github/workflows")


@nox.session
def bench(session: nox.Session) -> None:
    """Time builds, systems, the spotter and "Try it"; weigh all pages.

    `nox -s bench -- weights FOLDER FOLDER` does one of the five, or what is named of
    them. Folders of other built sites are weighed beside the handbook; other folders
    are repositories for the spotter.
    """
    kinds = ("builds", "systems", "spotter", "tryit", "weights")
    asked = [word for word in session.posargs if word in kinds] or list(kinds)
    folders = [word for word in session.posargs if word not in kinds]
    sites = [folder for folder in folders if Path(folder, "index.html").exists()]
    repositories = [folder for folder in folders if folder not in sites]
    if strange := [folder for folder in folders if not Path(folder).is_dir()]:
        session.error(f"no folder {strange[0]}, and none of {', '.join(kinds)}")
    if repositories and "spotter" not in asked:
        session.error(f"no built site in {repositories[0]}: it has no index.html")
    install(session, "tests")
    env = {"PYTHONPATH": "docs/_ext:examples:tests/site"}
    if "builds" in asked:
        session.run("python", "tests/site/bench.py")
    if "systems" in asked:
        session.run("python", "tests/pods/start_stop.py", env=env)
        session.run("python", "examples/pods/log_saver/bench.py", env=env)
    if "spotter" in asked:
        session.run("python", "tests/spotter/scan_speed.py", *repositories, env=env)
    if "tryit" in asked:
        session.run("python", "tests/browser/try_it_speed.py", env=env)
    if "weights" in asked:
        site = str(build(session, "html"))
        session.run("python", "tests/site/weight.py", site, *sites, env=env)


@nox.session
def lighthouse(session: nox.Session) -> None:
    """Let Lighthouse judge four pages (needs Chromium and npm)."""
    need(session, npx="npm", chromium="chromium")
    install(session, "tests")
    target = build(session, "html")
    env = {"PYTHONPATH": "tests/site"}
    session.run("python", "tests/browser/lighthouse.py", str(target), env=env)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed the spotter spoilt files for five minutes."""
    install(session, "fuzz")
    env = {"PYTHONPATH": "examples:tests/spotter"}
    session.run("python", "tests/spotter/fuzz.py", *session.posargs, env=env)


@nox.session
def lock(session: nox.Session) -> None:
    """Renew requirements/ from the groups of pyproject.toml."""
    project = nox.project.load_toml("pyproject.toml")
    session.install("--require-hashes", "-r", "requirements/lock.txt")
    for group in project["dependency-groups"]:
        session.run(
            *("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--upgrade"),
            *("--python-version", "3.11", "--custom-compile-command", "nox -s lock"),
            *("--group", group, "--output-file", f"requirements/{group}.txt"),
        )
