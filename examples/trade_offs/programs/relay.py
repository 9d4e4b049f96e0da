"""A proxy in plain Python: passes bytes on, and understands none of them.

    relay.py PORT HOST BACKEND-PORT

It opens one connection to the backend for each of a client's.
"""

import asyncio
import sys


class Side(asyncio.Protocol):
    """One of the two connections: what comes in here goes out at the other."""

    transport: asyncio.Transport
    other: "Side | None" = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to write."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        if self.other is not None:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other side too."""
        if self.other is not None:
            self.other.transport.close()


class Front(Side):
    """The client's connection: what comes in is kept until the backend is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the connection to the backend."""
        super().connection_made(transport)
        self.kept = b""
        self.opening = asyncio.ensure_future(self.open())

    def data_received(self, data: bytes) -> None:
        """Pass it on, or keep it."""
        if self.other is None:
            self.kept += data
        super().data_received(data)

    async def open(self) -> None:
        """Connect the two sides; close the client's where the backend is not there."""
        loop = asyncio.get_running_loop()
        host, port = sys.argv[2], int(sys.argv[3])
        try:
            _, back = await loop.create_connection(Side, host, port)
        except OSError:
            self.transport.close()
            return
        self.other, back.other = back, self
        back.transport.write(self.kept)
        if self.transport.is_closing():
            back.transport.close()


async def main() -> None:
    """Pass bytes on until a signal ends the program."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Front, "0.0.0.0", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
