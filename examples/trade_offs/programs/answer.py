"""The application that is measured: answers every request with two bytes.

    answer.py PORT [SOCKET]

It listens on PORT of every address, and on the Unix socket SOCKET too.
"""

import asyncio
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
END = b"\r\n\r\n"


class Answer(asyncio.Protocol):
    """One connection, kept open for any number of requests without a body."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.begun = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come whole."""
        *whole, self.begun = (self.begun + data).split(END)
        self.transport.write(ANSWER * len(whole))


async def main() -> None:
    """Answer until a signal ends the program."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answer, "0.0.0.0", int(sys.argv[1]))
    for path in sys.argv[2:]:
        await loop.create_unix_server(Answer, path)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
