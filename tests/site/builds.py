"""Build a Sphinx project the way the tests do: strictly, and offline."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Built:
    """One form of the handbook: where it is, and what the build said."""

    folder: Path
    status: int
    said: str

    @property
    def warnings(self) -> list[str]:
        """The warnings and errors of the build, one string each."""
        return re.findall(r"^.*(?:WARNING|ERROR|CRITICAL):.*$", self.said, re.MULTILINE)


def sphinx(
    source: Path, target: Path, builder: str, *options: str, **variables: str
) -> Built:
    """Build *source* with *builder*, strictly, with the network out of reach.

    *variables* are added to the environment. Raises subprocess.TimeoutExpired after
    ten minutes.
    """
    nowhere = "http://127.0.0.1:9"
    env = {k: v for k, v in os.environ.items() if not k.startswith("READTHEDOCS")}
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        env[variable] = nowhere
    env |= {"no_proxy": "127.0.0.1,localhost", "NO_COLOR": "1"} | variables
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going"]
    command += ["-b", builder, *options, str(source), str(target)]
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    return Built(target, done.returncode, done.stdout)


def typeset(folder: Path, *options: str) -> Path:
    """Make the PDF of what Sphinx has written for LaTeX, as Read the Docs does.

    The clock and the settings of whoever runs the tests stay out of it. Raises
    subprocess.CalledProcessError where LaTeX fails.
    """
    env = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    command = ["latexmk", "-r", "latexmkrc", "-xelatex", "-interaction=nonstopmode"]
    subprocess.run(
        [*command, "-halt-on-error", "-quiet", *options, "sidecar-handbook.tex"],
        cwd=folder,
        env=env,
        check=True,
        capture_output=True,
        timeout=600,
    )
    return folder / "sidecar-handbook.pdf"
