"""The application of the log saver's big test: it logs until it is killed.

``python log_saver_application.py LIFE FOLDER COUNT`` writes COUNT lines with the
log of `web.py`, some of them in two halves. FOLDER/written.LIFE says how many.
"""

import os
import random
import sys
import time
from pathlib import Path

SYSTEM = Path(__file__).resolve().parents[2] / "examples" / "pods" / "log_saver"


def line_of(life: int, number: int) -> bytes:
    """Return the line of this number: no two are the same, few are text."""
    dice = random.Random(life * 1_000_000 + number)
    size = 1 << 20 if dice.random() < 0.002 else dice.randrange(200)
    noise = dice.randbytes(size).replace(b"\n", b"\xff")
    return b"%d %d %s\n" % (life, number, noise)


def main(life: int, folder: Path, count: int) -> None:
    """Write the lines, and after each one how many there are."""
    sys.path.insert(0, str(SYSTEM))
    from web import AccessLog  # type: ignore[import-not-found]

    log = AccessLog(folder / "logs" / "access.log", 1 << 16, 1_000_000)
    print("ready", flush=True)
    dice = random.Random(life)
    written = os.open(folder / f"written.{life}", os.O_WRONLY | os.O_CREAT)
    for number in range(count):
        line = line_of(life, number)
        if dice.random() < 0.05:
            middle = dice.randrange(len(line))
            log.file.write(line[:middle])
            time.sleep(0.01)
            log.file.write(line[middle:])
        else:
            log.append(line)
        os.pwrite(written, b"%9d" % (number + 1), 0)
        time.sleep(dice.random() * 0.002)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
