"""Settings of the deck: the talk's slides, built beside the handbook.

``nox -s docs`` builds it into the site, ``nox -s slides`` builds it alone and prints
the handouts. What makes slides of ``slides.md`` is in docs/_ext/slides/.
"""

import runpy
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2]
sys.path.insert(0, str(DOCS / "_ext"))

HANDBOOK = runpy.run_path(str(DOCS / "conf.py"))
project, author = HANDBOOK["project"], HANDBOOK["author"]
language = HANDBOOK["language"]
html_baseurl = HANDBOOK["html_baseurl"]  # for the slide that names the handbook
mermaid_cmd = HANDBOOK["mermaid_cmd"]
pygments_style = HANDBOOK["pygments_style"]

extensions = [
    "myst_parser",
    "sphinx_revealjs",
    # Our own, in docs/_ext:
    "diagrams",
    "sessions",
    "slides",
]
root_doc = "long"
# Both cuts include it; it is no page of its own.
exclude_patterns = ["_*", "slides.md"]
templates_path = ["_templates"]
nitpicky = True
show_warning_types = True
# "short" and "long" are in no table of contents: each is a deck.
suppress_warnings = ["toc.not_included"]

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]

# The same drawings as the handbook's, from the same folder.
diagrams_cache = str(DOCS.parent / ".cache" / "diagrams")

revealjs_html_theme = "revealjs-simple"
revealjs_static_path = ["_static"]
html_copy_source = False
html_use_index = False
html_domain_indices = False
