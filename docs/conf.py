"""Settings of the handbook, in the order in which a build uses them.

Reference: https://www.sphinx-doc.org/en/master/usage/configuration.html
"""

import atexit
import gc
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

# A build keeps nearly all that it makes, so looking for garbage finds none; a fifth of
# the build went there (python tests/site/bench.py).
gc.set_threshold(1_000_000)
# Nor at the end, when all of it goes.
atexit.register(gc.freeze)

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import edition  # noqa: E402  (docs/_ext is on the path only now)
import palette  # noqa: E402

# Project ---------------------------------------------------------------------

project = "The Sidecar Handbook"
author = "The Sidecar Handbook contributors"
copyright = "2026, The Sidecar Handbook contributors. Text: CC BY 4.0. Code: MIT"
version = release = "1.0"
language = "en"
subtitle = (
    "What the sidecar pattern is, how to find it in a repository, "
    "which features suggest it, and what it costs"
)
# The date of the edition: what would write the time of the build takes this instead.
os.environ["SOURCE_DATE_EPOCH"] = str(edition.epoch())
today = edition.day(int(os.environ["SOURCE_DATE_EPOCH"]))

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
    "book",
    "diagrams",
    "downloads",
    "drawings",
    "ebook",
    "exercises",
    "features",
    "frames",
    "icons",
    "layouts",
    "linkcheck_limits",
    "measured",
    "costs",  # after measured, whose files it reads
    "menu",
    "page_facts",
    "paths",
    "practice",
    "print_answers",
    "print_forms",
    "projects",
    "search_index",
    "sessions",
    "site_files",
    "term_cards",
    "try_it",
    "units",
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
# Which of its sheets each page loads: docs/_ext/assets.py.
html_static_path = ["_static"]
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
numfig_format = {"figure": "Figure %s", "code-block": "Listing %s"}
latex_documents = [
    ("index", "sidecar-handbook.tex", project, author, "manual", False),
]
latex_additional_files = ["_latex/handbook.sty"]
# Avoids a crash of TeX Live 2026 that Sphinx mends only in 9.1.1:
# https://github.com/sphinx-doc/sphinx/issues/14465
latex_table_style = ["booktabs"]
latex_show_urls = "no"
latex_use_xindy = False
latex_elements = {
    # For US Letter: -D latex_elements.papersize=letterpaper (nox -s pdf -- letter).
    "papersize": "a4paper",
    "pointsize": "10pt",
    "fontpkg": r"""
\setmainfont{texgyrepagella}[Extension=.otf, UprightFont=*-regular,
  ItalicFont=*-italic, BoldFont=*-bold, BoldItalicFont=*-bolditalic]
\setsansfont{texgyreheros}[Extension=.otf, UprightFont=*-regular,
  ItalicFont=*-italic, BoldFont=*-bold, BoldItalicFont=*-bolditalic]
\setmonofont{DejaVuSansMono}[Extension=.ttf, UprightFont=*, ItalicFont=*-Oblique,
  BoldFont=*-Bold, BoldItalicFont=*-BoldOblique, Scale=0.78]
""",
    "fncychap": "",
    # The contents say "Part I".
    "passoptionstopackages": r"\PassOptionsToPackage{newparttoc}{titlesec}",
    "sphinxsetup": ", ".join(
        ["verbatimforcewraps", "iconpackage=none", palette.sphinxsetup()]
        # A box is a rule in the margin of its text, and no more.
        + [
            f"div.{kind}_{option}"
            for kind in palette.BOXES
            for option in (
                *("border-width=0pt", "border-left-width=2pt", "border-radius=0pt"),
                *("padding=3pt", "padding-left=10pt", "padding-right=0pt"),
                *("background-TeXcolor={rgb}{1,1,1}", "box-shadow=none"),
            )
        ]
    ),
    "extraclassoptions": "openany",
    # These want to be there before hyperref is.
    "extrapackages": r"\usepackage{caption}\usepackage{titletoc}",
    # On this page or at the top of the next one: the text goes on.
    "figure_align": "!ht",
    "preamble": rf"""
\usepackage{{handbook}}
\newcommand{{\handbooksubtitle}}{{{subtitle}}}
\newcommand{{\handbookedition}}{{Edition {release}, {today}}}
\newcommand{{\handbookcolophon}}{{%
  The Sidecar Handbook. \handbookedition.\par
  © {copyright}.\par
  Read it on the web, with what paper cannot do, at \url{{{html_baseurl}}}\par
  Built from its sources with Sphinx and XeLaTeX. Set in \TeX\ Gyre Pagella and Heros;
  code and diagrams in DejaVu Sans Mono and DejaVu Sans.}}
\hypersetup{{pdftitle={{{project}}}, pdfauthor={{{author}}},
  pdfsubject={{{subtitle}}}, pdflang={{en-US}}, pdfdisplaydoctitle=true,
  pdfkeywords={{sidecar pattern, containers, Kubernetes, distributed systems}}}}
""",
    # Sphinx would take the caption of the first toctree for the contents' title.
    "tableofcontents": r"\renewcommand{\contentsname}{Contents}\sphinxtableofcontents",
}

# EPUB ------------------------------------------------------------------------

epub_basename = "sidecar-handbook"
epub_show_urls = "no"
epub_description = subtitle
epub_contributor = author
epub_identifier = html_baseurl
epub_scheme = "URL"
epub_uid = "handbook"
epub_cover = ("_static/cover.png", "epub-cover.html")
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
