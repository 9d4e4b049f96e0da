"""Turn the link check's output into the text of an issue.

``python tests/site/broken_links.py build/linkcheck/output.json`` prints it.
"""

import json
import sys
from pathlib import Path


def report(output: str) -> str:
    """Return Markdown that lists the broken links of a linkcheck *output*.

    *output* holds one JSON object a line, as Sphinx writes it.
    """
    entries = [json.loads(line) for line in output.splitlines() if line.strip()]
    broken = [entry for entry in entries if entry["status"] in ("broken", "timeout")]
    lines = [f"{len(broken)} of {len(entries)} outside addresses do not answer:", ""]
    lines += [
        f"- {entry['uri']} ({entry['filename']}, line {entry['lineno']}): "
        f"{entry['info'] or entry['status']}"
        for entry in sorted(broken, key=lambda entry: entry["uri"])
    ]
    lines += ["", "Mend each entry in docs/bibliography.bib or docs/projects.toml."]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(Path(sys.argv[1]).read_text(encoding="utf-8")))
