"""The main container: a web server for the files of a folder.

It knows nothing of git. It expects a link ``current`` that leads to the folder
with today's files, and follows it once for each request.

Settings (environment variables): HOST, PORT (8086), SITE_DIR (/srv/site).
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from serve import Handler, folder, serve

NAME = "web"


# [open]
def read_file(tree: Path, name: str) -> tuple[int, bytes]:
    """Return the HTTP status and the text of one file below ``tree``."""
    try:
        file = (tree / name).resolve(strict=True)
        if not file.is_relative_to(tree) or not file.is_file():
            raise FileNotFoundError
        return 200, file.read_bytes()
    except (OSError, ValueError, RuntimeError):
        return 404, b"no such file\n"
    # [/open]


def read_all(tree: Path, _: str) -> tuple[int, bytes]:
    """Return the name of the tree, and each file with its text."""
    lines = [f"tree {tree.name[:7]}".encode()]
    for file in sorted(tree.rglob("*")):
        if file.is_file():
            name = file.relative_to(tree).as_posix()
            lines.append(f"{name}: ".encode() + file.read_bytes().strip())
    return 200, b"\n".join(lines) + b"\n"


class WebHandler(Handler):
    """Answers with a file; ``/`` is index.txt, and ``/tree`` shows all."""

    site: Path

    def health(self) -> tuple[int, bytes]:
        """Say whether there is anything to serve."""
        if (self.site / "current").is_dir():
            return 200, b"ok\n"
        return 503, b"there is no site yet\n"

    # [page]
    def page(self) -> tuple[int, bytes]:
        """Answer one request from one tree, whatever happens to the link."""
        name = unquote(urlsplit(self.path).path).lstrip("/") or "index.txt"
        for _ in range(3):
            try:
                tree = (self.site / "current").resolve(strict=True)
                read = read_all if name == "tree" else read_file
                answer = read(tree, name)
            except OSError:
                continue
            if tree.is_dir():
                return answer
            # It was removed while we read: the link leads elsewhere by now.
        return 503, b"there is no site yet\n"
        # [/page]


def main() -> None:
    """Serve until told to stop; the site itself may appear later."""
    WebHandler.site = folder(NAME, "SITE_DIR", "/srv/site")
    serve(NAME, WebHandler, default_port=8086)


if __name__ == "__main__":
    main()
