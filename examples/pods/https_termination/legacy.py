"""The main container: an old web application that speaks only HTTP.

It listens on localhost alone. It knows nothing of TLS, nor of the proxy.

Settings (environment variables): HOST (127.0.0.1), PORT (8084).
"""

from serve import Handler, serve

NAME = "legacy"


class LegacyHandler(Handler):
    """Greets every visitor; ``/headers`` shows what came with the request."""

    def page(self) -> tuple[int, bytes]:
        """Return the greeting, or the headers of this very request."""
        if self.path == "/headers":
            lines = [f"{name}: {text}\n" for name, text in self.headers.items()]
            return 200, "".join(lines).encode()
        return 200, f"Hello! You asked for {self.path}\n".encode()


def main() -> None:
    """Run the application until it is told to stop."""
    serve(NAME, LegacyHandler, default_port=8084)


if __name__ == "__main__":
    main()
