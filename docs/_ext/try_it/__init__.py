"""The page on which readers let the spotter explain a file of their own.

``{try-it}`` makes the form, and its content says what to do without one::

    :::{try-it}
    :example-1: A Pod = ../../examples/pods/served_log/pod.yaml
    Run this command: …
    :::

The form stands in HTML alone, and only where ``nox -s tryit`` has fetched Pyodide
before the build; then the site gets what a browser needs, below ``_static/pyodide``.
It stays hidden until docs/_static/try-it.js runs, so that a reader without JavaScript,
like one of the PDF, sees the content instead.

Where to change what:

* ``form.py``: the form's HTML; docs/_static/try-it.css its look;
* ``pyodide.py``: which Pyodide, and how it is fetched;
* ``bundle.py``: which Python files go along;
* ``in_browser/``: what is done with a pasted text, in Python;
* docs/_static/: ``try-it.js`` the form's behavior, ``try-worker.js`` the worker that
  runs Python, ``try-report.js`` the report.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from . import bundle, pyodide
from .form import Example, form

WORKER = "try-worker.js"
EXAMPLES = tuple(f"example-{number}" for number in range(1, 7))
"""The options that name an example, in the order of their buttons."""


class try_it(nodes.General, nodes.Element):
    """The form's place; its children are what stands there without a form."""


class TryIt(SphinxDirective):
    """The directive ``{try-it}``."""

    has_content = True
    option_spec: ClassVar = dict.fromkeys(EXAMPLES, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Return the node with its content and the texts of its examples."""
        node = try_it()
        node["examples"] = [
            self.example(self.options[name])
            for name in EXAMPLES
            if name in self.options
        ]
        self.env.note_dependency(str(static(WORKER)))
        node += self.parse_content_to_nodes()
        return [node]

    def example(self, line: str) -> Example:
        """Return the example that an option ``title = file`` names."""
        title, _, name = (part.strip() for part in line.partition("="))
        _, path = self.env.relfn2path(name)
        self.env.note_dependency(path)
        return title, Path(path).read_text(encoding="utf-8")


def static(name: str) -> Path:
    """Return the path of one of our own files for the site."""
    return Path(__file__).parents[2] / "_static" / name


def look_for_pyodide(app: Sphinx, config: Config) -> None:
    """Note whether Pyodide is there; pages are written anew where that has changed."""
    config.try_it_here = pyodide.complete(Path(config.try_it_pyodide))


def in_html(app: Sphinx) -> bool:
    """Whether this build shows the form: a site, with Pyodide beside it."""
    return app.builder.name in ("html", "dirhtml") and app.config.try_it_here


def visit_html(self: HTML5Translator, node: try_it) -> None:
    """Write the form, if there is one here, and open the frame of the content."""
    builder = self.builder
    if in_html(builder.app):
        page = builder.get_target_uri(builder.current_docname)
        worker = hashlib.sha256(static(WORKER).read_bytes()).hexdigest()[:8]
        addresses = {
            "worker": f"_static/{WORKER}?v={worker}",
            "pyodide": f"_static/pyodide/{pyodide.VERSION}/",
            "sources": "_static/pyodide/spotter.zip",
            "features": builder.get_target_uri("pattern/features"),
        }
        here = {name: relative_uri(page, to) for name, to in addresses.items()}
        folder = Path(self.config.try_it_pyodide)
        size = sum((folder / name).stat().st_size for name in pyodide.FILES)
        self.body.append(form(node["examples"], here, size))
    self.body.append('<div class="try-else">')


def depart_html(self: HTML5Translator, node: try_it) -> None:
    """Close the frame of the content."""
    self.body.append("</div>\n")


def pass_by(self: nodes.NodeVisitor, node: try_it) -> None:
    """Write nothing but the content, in forms that are no site."""


def load_on_the_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add script and style to the page that has the form, and to no other."""
    if doctree is None or not in_html(app):
        return
    if next(doctree.findall(try_it), None) is not None:
        app.add_js_file("try-it.js", type="module")
        app.add_css_file("try-it.css")


def copy_pyodide(app: Sphinx, exception: Exception | None) -> None:
    """Put what a browser needs into the built site, or away where it is not wanted."""
    target = Path(app.outdir, "_static", "pyodide")
    if exception is not None or app.builder.name not in ("html", "dirhtml"):
        return
    if not in_html(app):
        shutil.rmtree(target, ignore_errors=True)
        return
    folder = target / pyodide.VERSION
    folder.mkdir(parents=True, exist_ok=True)
    for name in pyodide.FILES:
        copy_new(Path(app.config.try_it_pyodide, name), folder / name)
    (target / "spotter.zip").write_bytes(bundle.archive())


def copy_new(source: Path, target: Path) -> None:
    """Copy a file unless *target* is of the same size and no older."""
    have, want = target.stat() if target.exists() else None, source.stat()
    same = have is not None and have.st_size == want.st_size
    if have is None or not same or have.st_mtime < want.st_mtime:
        shutil.copy2(source, target)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive, its node, and what the site gets for it."""
    app.add_config_value("try_it_pyodide", str(pyodide.FOLDER), "html", str)
    app.add_config_value("try_it_here", False, "html", bool)
    other = (pass_by, pass_by)
    app.add_node(
        try_it, html=(visit_html, depart_html), latex=other, text=other, man=other
    )
    app.add_directive("try-it", TryIt)
    app.connect("config-inited", look_for_pyodide)
    app.connect("html-page-context", load_on_the_page)
    app.connect("build-finished", copy_pyodide)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
