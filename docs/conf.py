"""Settings of the handbook, in the order in which a build uses them.

Reference: https://www.sphinx-doc.org/en/master/usage/configuration.html
"""

import gc
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

# A build keeps nearly all that it makes, so looking for garbage finds none; a fifth of
# the build went there (python tests/site/bench.py).
gc.set_threshold(1_000_000)

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import palette  # noqa: E402  (docs/_ext is on the path only now)

# Project ---------------------------------------------------------------------

project = "The Sidecar Handbook"
author = "The Sidecar Handbook contributors"
copyright = "2026, The Sidecar Handbook contributors. Text: CC BY 4.0. Code: MIT"
version = release = "1.0"
language = "en"

# General ---------------------------------------------------------------------

extensions = [
    "myst_parser",
    "notfound.extension",
    "sphinx.ext.doctest",
    "sphinx_design",
    "sphinx_reredirects",
    "sphinxcontrib.bibtex",
    "sphinxcontrib.mermaid",
    # Our own, in docs/_ext:
    "assets",
    "bibliography",
    "deck_links",
    "diagrams",
    "drawings",
    "exercises",
    "features",
    "frames",
    "icons",
    "layouts",
    "linkcheck_limits",
    "measured",
    "menu",
    "page_facts",
    "paths",
    "practice",
    "print_forms",
    "projects",
    "search_index",
    "sessions",
    "site_files",
    "term_cards",
    "try_it",
]
exclude_patterns = ["_*", "recorded", "talk/deck"]
templates_path = ["_templates"]
nitpicky = True
show_warning_types = True

# Only examples in a doctest block run; a check finds those that stand elsewhere.
doctest_test_doctest_blocks = ""
doctest_global_setup = (
    f"from pathlib import Path\nREPO = Path({str(Path(__file__).parents[1])!r})"
)

bibtex_bibfiles = ["bibliography.bib"]
bibtex_default_style = "handbook"
bibtex_reference_style = "label"

# Old address -> new address, for every published page that moves.
redirects: dict[str, str] = {}

# MyST ------------------------------------------------------------------------

myst_enable_extensions = [
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
]
myst_heading_anchors = 3

# HTML ------------------------------------------------------------------------

# Read the Docs says where the site will stand, for its site map and for what others
# show of a page, and from which repository it is built, for "edit this page". Elsewhere
# no page offers to be edited. Nor does one of a pull request, or of a repository on a
# host that Furo does not know.
html_baseurl = os.environ.get(
    "READTHEDOCS_CANONICAL_URL", "https://sidecar-handbook.readthedocs.io/en/latest/"
)
repository = os.environ.get("READTHEDOCS_GIT_CLONE_URL", "").removesuffix(".git")
hosts = ("https://github.com/", "https://gitlab.com/", "https://bitbucket.org/")
external = os.environ.get("READTHEDOCS_VERSION_TYPE") == "external"

html_theme = "furo"
html_theme_options = {
    "light_css_variables": palette.properties(0),
    "dark_css_variables": palette.properties(1),
    "source_repository": repository
    if repository.startswith(hosts) and not external
    else "",
    "source_branch": os.environ.get("READTHEDOCS_GIT_IDENTIFIER", ""),
    "source_directory": "docs/",
}
html_title = project
# The logo, too: handbook.css shows it beside the name, where it needs no words.
html_favicon = "../images/mark.svg"
html_static_path = ["_static"]
html_css_files = ["handbook.css", "find.css"]
pygments_style = "code_styles.Light"
pygments_dark_style = "code_styles.Dark"
html_js_files = [("shortcut.js", {"defer": "defer"})]
html_sidebars = {
    # The search page has a search box of its own.
    "search": [
        "sidebar/brand.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ],
}
html_context = {
    "social_image": f"{html_baseurl}_static/social-card.png",
    "social_image_alt": "The Sidecar Handbook",
}
# The page for addresses that are none: its links begin with the path of html_baseurl.
notfound_template = "404.html"
notfound_context = {"title": "Page not found"}
notfound_urls_prefix = urlsplit(html_baseurl).path
html_copy_source = False
html_show_sphinx = False

# Diagrams --------------------------------------------------------------------

# Drawn by mermaidx while the site is built. With Node.js there, "mmdc" works too.
mermaid_cmd = "mermaidx"

# PDF -------------------------------------------------------------------------

latex_engine = "xelatex"
latex_documents = [
    ("index", "sidecar-handbook.tex", project, author, "manual", False),
]
# Avoids a crash of TeX Live 2026 that Sphinx mends only in 9.1.1:
# https://github.com/sphinx-doc/sphinx/issues/14465
latex_table_style = ["booktabs"]
latex_show_urls = "no"
latex_use_xindy = False
latex_elements = {
    "papersize": "a4paper",
    "pointsize": "10pt",
    "sphinxsetup": f"verbatimforcewraps, iconpackage=none, {palette.sphinxsetup()}",
    "extraclassoptions": "openany,oneside",
    "figure_align": "H",
    "preamble": r"""
% A chapter's head takes less of its page, and its number is the one of the contents:
% fncychap writes "TWENTYONE".
\renewcommand{\TheAlphaChapter}{\thechapter}
\renewcommand{\DOTI}[1]{\CTV\FmTi{#1}\par\nobreak\vskip 16pt}
% A box goes to the next page rather than leave its title on this one. The package's
% own \needspace asks for a page's end even where there is room: half pages stay empty.
\renewcommand{\needspace}[1]{\par\penalty0\begingroup
  \dimen0=\pagegoal\advance\dimen0-\pagetotal
  \ifdim\dimexpr#1\relax>\dimen0\ifdim\dimen0>0pt\vfil\break\fi\fi\endgroup}
\renewcommand{\sphinxheavyboxneedspacecommand}{\needspace{9\baselineskip}}
% Tables: rows apart, and no words spread over narrow columns.
\setlength{\extrarowheight}{3pt}
\newcolumntype{T}{L}
\makeatletter
\newcolumntype{\X}[2]{>{\raggedright\arraybackslash}p{\dimexpr
  (\linewidth-\spx@arrayrulewidth)*#1/#2-\tw@\tabcolsep-\spx@arrayrulewidth\relax}}
\makeatother
% Captions as wide as the page: the names of files in them do not break.
\setlength{\LTcapwidth}{\textwidth}
% Numbers of lines large enough to read: the answers to the practice cases name them.
\renewcommand{\theFancyVerbLine}{\scriptsize\arabic{FancyVerbLine}}
""",
    # Sphinx would take the caption of the first toctree for the contents' title.
    "tableofcontents": r"\renewcommand{\contentsname}{Contents}\sphinxtableofcontents",
}

# EPUB ------------------------------------------------------------------------

epub_basename = "sidecar-handbook"
epub_show_urls = "no"
epub_css_files = ["ereader.css"]
# The site's own looks and scripts stay out: no page of the book asks for them.
epub_exclude_files = [
    "search.html",
    *(
        f"_static/{path.name}"
        for path in sorted((Path(__file__).parent / "_static").iterdir())
        if path.name not in ("diagrams.css", "ereader.css")
    ),
]
# The toctrees of the first page are hidden there: they are the menu.
epub_tocscope = "includehidden"
suppress_warnings = ["epub.unknown_project_files"]

# Link check ------------------------------------------------------------------

# A time-out is tried again like any other failure, and then it is one.
linkcheck_report_timeouts_as_broken = True
linkcheck_timeout = 30
linkcheck_retries = 3
linkcheck_workers = 5
# All waits for one address together, see docs/_ext/linkcheck_limits.py. In seconds.
linkcheck_rate_limit_timeout = 300
linkcheck_ignore = [
    # 2026-11-23: the examples themselves, on the reader's own machine.
    r"http://(localhost|127\.0\.0\.1)(:\d+)?(/.*)?$",
]
linkcheck_anchors_ignore_for_url = [
    # 2026-11-23: GitHub draws files by script; line numbers are not in the page.
    # tests/site/test_projects.py checks their form instead.
    r"https://github\.com/[^/]+/[^/]+/blob/",
]
# Without a token GitHub answers 429 after a while. It goes to that host alone.
linkcheck_request_headers = (
    {"https://github.com/": {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}"}}
    if os.environ.get("GITHUB_TOKEN")
    else {}
)
