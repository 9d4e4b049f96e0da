"""The application beside the helper that is measured: a line for each request.

    app.py PORT LOG             writes its lines to a log
    app.py PORT --ship STORE    hands them to the library, which sends them to a store

When it is asked to stop it answers a little longer, as applications do: requests are
under way until everybody knows that it goes.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from answer import ANSWER, END, Answer

LONGER = 0.2
"""Seconds of answering after SIGTERM."""
LINE = b"GET / 200 " + b"-" * 109 + b"\n"  # 120 bytes, as of a common log


class Logged(Answer):
    """A connection whose requests each leave a line."""

    write: Callable[[bytes], object]

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come whole, and write its line."""
        *whole, self.begun = (self.begun + data).split(END)
        for _ in whole:
            type(self).write(LINE)
        self.transport.write(ANSWER * len(whole))


async def main() -> None:
    """Answer until SIGTERM, and a little longer."""
    port, *how = sys.argv[1:]
    shipper = None
    if how[0] == "--ship":
        from ship import Shipper

        shipper = Shipper(int(how[1]))
        Logged.write = shipper.add
    else:
        log = Path(how[0]).open("ab", buffering=0)  # noqa: SIM115 (as long as it runs)
        Logged.write = log.write
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    await loop.create_server(Logged, "127.0.0.1", int(port))
    await stopping.wait()
    await asyncio.sleep(LONGER)
    if shipper is not None:
        shipper.send()
    # At once: while asyncio cleans up it would answer a request, whose line is lost.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
