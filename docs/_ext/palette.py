"""The handbook's colors: every form of it takes them from here.

On the site each color is a custom property ``--hb-NAME`` with a light and a dark
value; conf.py hands them to Furo, which writes them into the pages, print always
light. Diagrams take the same names (diagrams/look.py), and the light values in the
PDF and the EPUB. ``python docs/_ext/palette.py`` prints the properties as CSS.

There is one accent, petrol, and it means the sidecar: in the mark, in a diagram, in a
card. All else is ink on warm paper. A name ``X-soft`` is the ground for text or a
border of the color ``X``, and for plain text. tests/browser/test_colors.py measures
the contrasts of both schemes.
"""

# name -> (light, dark). What is drawn in a diagram must differ from every other color
# there: the drawing's colors are told apart by their values.
PALETTE = {
    # Ink and paper.
    "text": ("#1d1c1a", "#e9e7e2"),  # what you read
    "quiet": ("#54514a", "#b3afa7"),  # captions, citations, hints; lines in diagrams
    "quiet-soft": ("#f5f3ee", "#1e2226"),  # code, table heads, the menu, plain boxes
    "page": ("#fffefb", "#14171a"),  # the ground of it all
    "rule": (
        "#dcd8cf",
        "#363b40",
    ),  # hairlines that only divide: too pale for a control
    "edge": ("#77736a", "#8d9194"),  # the border of a control or a plain box: 3:1
    # The accent: links, the open tab, what is chosen. Text on it: "page".
    "accent": ("#00586a", "#6dc9dd"),
    "accent-soft": ("#e3f1f3", "#12303a"),
    # The parts of every example: application, helper, shared folder.
    "main": ("#2b2926", "#f0ede7"),
    "main-soft": ("#e7e3da", "#393c3f"),
    "sidecar": ("#00586a", "#6dc9dd"),
    "sidecar-soft": ("#d0e8ed", "#0f3a47"),
    "volume": ("#584e34", "#bdb493"),
    "volume-soft": ("#f2eddc", "#2d2b22"),
    # A note in a diagram, and a warning on a page.
    "note": ("#735b0e", "#d6b65e"),
    "note-soft": ("#fbf2d8", "#332c17"),
    # A box around others in a diagram.
    "group": ("#8d8980", "#737a80"),
    "group-soft": ("#fbfaf6", "#191c20"),
    # An answer that is right, and one that is not. Say it in words too.
    "good": ("#1b5e26", "#83cf8b"),
    "good-soft": ("#e2f2e2", "#17341c"),
    "bad": ("#9c2017", "#ff9f92"),
    "bad-soft": ("#fbe6e2", "#45211c"),
}

BOXES = ("note", "hint", "tip", "important", "warning", "caution", "attention")
"""The kinds of box that a page may have, as LaTeX knows them."""


def properties(scheme: int) -> dict[str, str]:
    """Return the custom properties of a *scheme*, 0 light or 1 dark, without "--"."""
    return {f"hb-{name}": values[scheme] for name, values in PALETTE.items()}


def sphinxsetup() -> str:
    """Return what the PDF takes from the palette, for ``latex_elements``.

    Names: https://www.sphinx-doc.org/en/master/latex.html, "sphinxsetup".
    """
    uses = {
        "TitleColor": "accent",
        "InnerLinkColor": "accent",
        "OuterLinkColor": "accent",
        "VerbatimColor": "quiet-soft",
        "VerbatimBorderColor": "rule",
    }
    for kind in BOXES:
        uses[f"div.{kind}_border-TeXcolor"] = "accent"
    return ", ".join(
        f"{key}={{HTML}}{{{PALETTE[name][0][1:].upper()}}}"
        for key, name in uses.items()
    )


def css() -> str:
    """Return the light and the dark properties as CSS, in the way of Furo."""
    light, dark = (
        "".join(f"  --{name}: {value};\n" for name, value in properties(scheme).items())
        for scheme in (0, 1)
    )
    return (
        f"body {{\n{light}}}\n\n"
        f'@media not print {{\nbody[data-theme="dark"] {{\n{dark}}}\n\n'
        "@media (prefers-color-scheme: dark) {\n"
        f'body:not([data-theme="light"]) {{\n{dark}}}\n}}\n}}\n'
    )


if __name__ == "__main__":
    print(css(), end="")
