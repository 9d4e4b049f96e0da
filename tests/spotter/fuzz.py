"""Spoil samples for as long as you like: `python tests/spotter/fuzz.py [OPTION…]`.

It needs atheris; the options are those of libFuzzer, and five minutes the default. What
it finds becomes a case in `test_hostile.py`.
"""

import shutil
import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["sidecar_spotter"]):
    from samples import SAMPLES, WORDS, faults
    from sidecar_spotter import scan

ROOM = Path(__file__).resolve().parents[2] / "build" / "fuzz"
"""What was found to be new is kept there, for the next time."""
NAMES = [*SAMPLES, "values.yaml", ".gitignore"]


def main() -> None:
    """Fuzz until an option, or a fault, ends it; libFuzzer ends the process too."""
    corpus, root = ROOM / "corpus", ROOM / "checkout"
    corpus.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    for number, text in enumerate(SAMPLES.values()):
        # The first byte chooses the name.
        (corpus / f"{number}").write_bytes(bytes([number]) + text.encode())
    words = "".join(f'"{word}"\n' for word in WORDS)
    (ROOM / "words").write_text(words)

    def one_input(data: bytes) -> None:
        name = NAMES[data[0] % len(NAMES)] if data else "pod.yaml"
        files = {name: data[1:]}
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data[1:])
        try:
            problems = faults(scan(root), files)
        finally:
            (root / name).unlink()
        if problems:
            raise AssertionError(problems)

    options = [f"-dict={ROOM / 'words'}", f"-artifact_prefix={ROOM}/"]
    options += ["-max_len=4096", "-max_total_time=300", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
