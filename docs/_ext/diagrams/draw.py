"""Who draws, and the folder where drawings are kept.

``mermaid_cmd = "mermaidx"`` in conf.py draws inside this process. Any other value
names a command that is called with ``-i``, ``-o`` and ``-c``: ``"mmdc"`` works.

A clean build draws only what is not in the folder ``diagrams_cache``, which can be
deleted at any time.
"""

import hashlib
import json
import multiprocessing
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sphinx.config import Config

from .look import LIGHT, PLACING_RULES, mermaid_settings
from .pdf import svg_to_pdf
from .svg import DiagramError, tidy

DRAW_SECONDS = 120
"""How long an outside command may take for one diagram."""

IMPORTED_BY = os.getpid()
"""The process that read this module: a forked one has another number."""


@dataclass(frozen=True)
class Pen:
    """What draws: ``command`` is empty for mermaidx inside this process."""

    command: tuple[str, ...]
    cache: Path

    @classmethod
    def of(cls, config: Config) -> "Pen":
        """Read the settings ``mermaid_cmd``, ``mermaid_params``, ``diagrams_cache``."""
        command = config.mermaid_cmd
        words = shlex.split(command) if isinstance(command, str) else list(command)
        if words == ["mermaidx"]:
            words = []
        else:
            words += config.mermaid_params
        return cls(tuple(words), Path(config.diagrams_cache))

    def key(self, source: str) -> str:
        """Name a drawing by everything that decides how it looks."""
        drawer = self.command or ("mermaidx", version("mermaidx"))
        return _hash(source, *drawer, str(LIGHT), _code("look", "mend", "svg"))

    def kept(self, source: str) -> Path:
        """Return where the drawing of *source* is, once it is drawn."""
        return self.cache / f"{self.key(source)}.svg"

    def draw_ahead(self, sources: Iterable[str]) -> None:
        """Draw those of *sources* that are not kept, with a process for each core.

        One that cannot be drawn is left to `svg`, which says why.
        """
        new = [s for s in dict.fromkeys(sources) if not self.kept(s).exists()]
        workers = min(len(new), os.cpu_count() or 1)
        if workers > 1:
            # Started afresh, for V8 does not survive a fork.
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(workers, mp_context=context) as pool:
                for drawing in [pool.submit(self.svg, source) for source in new]:
                    drawing.exception()

    def svg(self, source: str) -> str:
        """Return the drawing of *source*, light colors, from the cache if it is there.

        Raises:
            DiagramError: Mermaid does not understand *source*.
        """
        kept = self.kept(source)
        if (drawn := _read(kept, end=b"</svg>")) is None:
            raw = _call(self.command, source) if self.command else _draw(source)
            drawn = tidy(raw, source).encode()
            write_whole(kept, drawn)
        return drawn.decode()

    def pdf(self, source: str) -> bytes:
        """Return the same drawing as a PDF page of its size, text kept as text.

        Raises:
            DiagramError: Mermaid does not understand *source*.
        """
        key = _hash(self.key(source), version("typst"), _code("pdf"))
        kept = self.cache / f"{key}.pdf"
        if (drawn := _read(kept, end=b"%%EOF")) is None:
            drawn = svg_to_pdf(self.svg(source))
            write_whole(kept, drawn)
        return drawn


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _code(*modules: str) -> str:
    """Return the code of *modules*, which are beside this one."""
    files = (Path(__file__).with_name(f"{name}.py") for name in modules)
    return "\0".join(path.read_text(encoding="utf-8") for path in files)


def _read(path: Path, end: bytes) -> bytes | None:
    """Return the file's bytes; None when it is not there, or is cut short."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if data.rstrip().endswith(end) else None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file at one stroke: a build beside this one never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(path)


def _one_line(message: str) -> str:
    """Fold an error of Mermaid into one line, without its ``----^`` pointer."""
    message = re.sub(r"^.*?rendering failed: ", "", message, flags=re.DOTALL)
    return " ".join(re.sub(r"-{2,}\^", " ", message).split())


def _draw(source: str) -> str:
    """Draw with mermaidx, whose engines give the same drawing; V8 is quicker."""
    # Loads a JavaScript engine: a build that finds all drawings in the cache need not.
    import mermaidx

    engines = ["quickjs"]
    # V8 answers over one pipe, which forked workers of a build would have to share.
    forked = os.getpid() != IMPORTED_BY
    if "v8" in mermaidx.backends() and not forked:
        engines.insert(0, "v8")
    for engine in engines:
        try:
            drawn: str = mermaidx.render(
                source, engine, config=mermaid_settings(), css=PLACING_RULES
            ).svg()
            return drawn
        except RuntimeError as error:
            # V8 also fails when it is slow; what the last one says is the source's.
            failure = error
    raise DiagramError(_one_line(str(failure))) from failure


def _call(command: tuple[str, ...], source: str) -> str:
    """Draw with an outside command that takes the options of Mermaid's ``mmdc``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.mmd").write_text(source, encoding="utf-8")
        settings = json.dumps(mermaid_settings())
        (folder / "config.json").write_text(settings, encoding="utf-8")
        options = ["-i", "in.mmd", "-o", "out.svg", "-c", "config.json"]
        try:
            done = subprocess.run(
                [*command, *options],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=DRAW_SECONDS,
                check=False,
            )
            if done.returncode == 0:
                return (folder / "out.svg").read_text(encoding="utf-8")
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"'{shlex.join(command)}' (mermaid_cmd) cannot be run: {error}"
            raise DiagramError(_one_line(message)) from error
        raise DiagramError(_one_line(done.stderr or done.stdout))
