"""How diagrams look: colors, the classes of nodes, and Mermaid's settings."""

from typing import Any

from palette import PALETTE

# What a color is for in a diagram -> its name in the palette. The drawing is made with
# the light values, which the PDF and the EPUB keep. In HTML each gives way to the
# palette's variable ``--hb-NAME``, which has a dark value too.
ROLES = {
    "text": "text",
    "line": "quiet",
    "page": "page",
    "node": "quiet-soft",
    "node-border": "edge",
    # As the page, so that a line's label has the same ground in a box and out of it.
    "group": "page",
    "group-border": "group",
    "note": "note-soft",
    "note-border": "note",
    "main": "main-soft",
    "main-border": "main",
    "sidecar": "sidecar-soft",
    "sidecar-border": "sidecar",
    "volume": "volume-soft",
    "volume-border": "volume",
    "outside": "page",
    "outside-border": "quiet",
    "grid": "rule",
}
LIGHT = {role: PALETTE[name][0] for role, name in ROLES.items()}

# Colors that Mermaid writes whatever the theme says -> what they are for.
FIXED = {
    color: role
    for role, colors in {
        "line": "black #000 #000000 #333 #666",
        "node-border": "#999",
        "text": "currentcolor",
        "page": "white #fff #ffffff",
        "node": "#eaeaea",
        "note": "#edf2ae",
    }.items()
    for color in colors.split()
}

# The classes that authors may use, and their borders.
CLASSES = {
    "main": "stroke-width:3px",
    "sidecar": "stroke-width:2px",
    "volume": "stroke-width:1.5px;stroke-dasharray:8,3,2,3",
    "outside": "stroke-width:1.5px;stroke-dasharray:5,4",
}

# mermaidx measures text in DejaVu Sans and brings that font along. In HTML the
# variable ``--diagram-font`` takes its place, with fonts that are no wider.
FONT = '"DejaVu Sans", Verdana, sans-serif'

ROOT_ID = "sphinx-diagram-root"
"""Stands in a kept drawing where a page puts an id of its own."""

# Which of Mermaid's own rules place text. mermaidx looks through the page's first
# style sheet for every piece of text: given these few, it draws in half the time.
PLACING_RULES = (
    ".default .label text,.flowchartTitleText{text-anchor:middle}"
    ".flowchartTitleText{font-size:18px}"
)

# The theme variables that the handbook's kinds of diagrams use, by the color they get.
# Names: https://mermaid.js.org/config/theming.html and the theme's source.
_THEME = {
    "text": "textColor noteTextColor nodeTextColor titleColor actorTextColor"
    " signalTextColor labelTextColor loopTextColor taskTextColor taskTextOutsideColor"
    " taskTextDarkColor taskTextClickableColor transitionLabelColor",
    "line": "lineColor signalColor transitionColor specialStateColor actorLineColor",
    "page": "sequenceNumberColor edgeLabelBackground labelBackgroundColor",
    "node": "mainBkg actorBkg labelBoxBkgColor taskBkgColor stateBkg doneTaskBkgColor"
    " activationBkgColor",
    "node-border": "primaryBorderColor secondaryBorderColor nodeBorder actorBorder"
    " labelBoxBorderColor taskBorderColor doneTaskBorderColor activationBorderColor",
    "group": "clusterBkg compositeBackground compositeTitleBackground altBackground"
    " sectionBkgColor altSectionBkgColor sectionBkgColor2 excludeBkgColor",
    "group-border": "clusterBorder",
    "note": "noteBkgColor",
    "note-border": "noteBorderColor",
    "main": "critBkgColor",
    "main-border": "critBorderColor",
    "sidecar": "activeTaskBkgColor",
    "sidecar-border": "activeTaskBorderColor vertLineColor",
    "grid": "gridColor",
}


def mermaid_settings() -> dict[str, Any]:
    """Return the configuration with which Mermaid draws, the same for every diagram.

    Labels are SVG text: HTML labels vanish in many EPUB readers and in the PDF.
    Reference: https://mermaid.js.org/config/schema-docs/config.html
    """
    theme = {
        name: LIGHT[role] for role, names in _THEME.items() for name in names.split()
    }
    return {
        "theme": "base",
        "themeVariables": theme | {"fontFamily": FONT, "fontSize": "16px"},
        "fontFamily": FONT,
        "fontSize": 16,
        "htmlLabels": False,
        "deterministicIds": True,
        # The curves of round shapes are random without it, in every look.
        "handDrawnSeed": 1,
        "securityLevel": "strict",
        "flowchart": {
            "htmlLabels": False,
            "padding": 14,
            "nodeSpacing": 40,
            "rankSpacing": 44,
            "subGraphTitleMargin": {"top": 4, "bottom": 8},
        },
        "sequence": {
            "actorFontSize": 16,
            "messageFontSize": 16,
            "noteFontSize": 16,
            "mirrorActors": False,
            "width": 110,
            "actorMargin": 30,
            "diagramMarginX": 8,
            "diagramMarginY": 8,
            "wrap": True,
            "useMaxWidth": True,
        },
        "gantt": {
            "fontSize": 16,
            "sectionFontSize": 16,
            "barHeight": 28,
            "barGap": 8,
            "topPadding": 46,
            "leftPadding": 90,
            "rightPadding": 22,
            # A phone of 360 px shows this much without scrolling.
            "useWidth": 470,
        },
        "state": {"htmlLabels": False},
    }


def own_rules() -> str:
    """Return the style of the handbook's four classes, and what Mermaid lacks.

    Border width and dashes differ too, for readers who do not see the colors. The
    rules at the end mend what no setting of Mermaid reaches: half-transparent
    grounds of labels, heavy lifelines, and the gantt axis in 10 px and pale.
    """
    shapes = (".node.{} .label-container", ".node.{} .label-container path")
    places = (*shapes, ".cluster.{}>rect", "rect.actor.{}")
    rules = [
        ",".join(f"#{ROOT_ID} {place.format(name)}" for place in places)
        + f"{{fill:{LIGHT[name]}!important;stroke:{LIGHT[name + '-border']}!important;"
        + f"{line}}}"
        for name, line in CLASSES.items()
    ]
    grounds = {f".cluster-label.{name} rect": f"fill:{LIGHT[name]}" for name in CLASSES}
    mended = {
        ".edgeLabel rect": "opacity:1!important",
        ".cluster-label rect": f"fill:{LIGHT['group']}",
        **grounds,
        ".actor-line": "stroke-width:1px",
        ".grid text": "font-size:16px",
        ".grid line": f"stroke:{LIGHT['grid']}",
        ".grid .tick": "opacity:1",
    }
    rules += [f"#{ROOT_ID} {place}{{{look}}}" for place, look in mended.items()]
    return "".join(rules)
