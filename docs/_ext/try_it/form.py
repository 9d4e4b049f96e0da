"""The form's HTML. It stays hidden until try-it.js shows it."""

from collections.abc import Sequence
from html import escape

Example = tuple[str, str]
"""A title, and the text that its button puts into the form."""

WAYS = {
    "manifest.yaml": "YAML or JSON: Kubernetes, Helm, Compose, ECS and others",
    "job.nomad": "Nomad's job language",
    "main.tf": "Terraform",
    "main.bicep": "Bicep",
    "main.go": "Go",
}
"""The name that a text gets, whose end tells the spotter how to read it -> in words."""

FORM = """\
<form class="try-it" hidden {data}>
<p id="try-private"><strong>Nothing that you paste leaves this page.</strong> \
The first answer waits for Python, {megabytes} MB that your browser gets from this \
site, once.</p>
<p class="try-examples" role="group" aria-label="Examples to load">{examples}</p>
<p><label for="try-text">Your manifest or Compose file</label></p>
<textarea id="try-text" rows="16" wrap="off" spellcheck="false" autocapitalize="off" \
aria-describedby="try-private"></textarea>
<p class="try-way"><label for="try-way">Written as</label> \
<select id="try-way">{ways}</select></p>
<p><button type="submit">Explain it</button> \
<button type="button" class="try-stop" disabled>Stop</button></p>
<p role="status"></p>
<progress hidden max="{size}" value="0" aria-label="Python, loaded so far"></progress>
<div class="try-report" role="region" aria-label="What the spotter says" hidden></div>
</form>
"""


def form(examples: Sequence[Example], addresses: dict[str, str], size: int) -> str:
    """Return the form with *examples*.

    *addresses* go to the script, relative to the page; *size* is that of Pyodide.
    """
    data = (f'data-{name}="{escape(to)}"' for name, to in addresses.items())
    buttons = (
        f'<button type="button" value="{escape(text)}">{escape(title)}</button>'
        for title, text in examples
    )
    ways = (f'<option value="{name}">{words}</option>' for name, words in WAYS.items())
    return FORM.format(
        data=" ".join(data),
        megabytes=round(size / 1e6),
        examples=" ".join(buttons),
        ways="".join(ways),
        size=size,
    )
