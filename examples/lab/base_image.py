"""Make a small base image from this machine's Python, without a registry.

    python3 examples/lab/base_image.py base.tar
    podman import base.tar localhost/sidecar-handbook/base:1
    podman build --build-arg BASE=localhost/sidecar-handbook/base:1 ...

The file holds /usr/bin/python3, its standard library, the shared libraries that
they need, busybox for a shell, and those of nginx, openssl, git and redis-server
that this machine has. It needs a Debian or Ubuntu with the packages python3 and
busybox-static. It stands in for docker.io/library/python where no
registry can be reached; its Python is the machine's, whatever its version.
"""

import argparse
import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

PYTHON = Path("/usr/bin/python3")
BUSYBOX = Path("/bin/busybox")
EXTRA = (
    Path("/usr/sbin/nginx"),
    Path("/usr/bin/openssl"),
    Path("/usr/bin/git"),
    Path("/usr/bin/redis-server"),
)
"""Programs of some systems, each taken along where this machine has it."""
BUSYBOX_NAMES = ("cat", "chown", "id", "ls", "mkdir", "ps", "sh", "sleep", "wget")
NOT_NEEDED = re.compile(
    r"(^|/)(config-[^/]*|dist-packages|ensurepip|idlelib|lib2to3"
    r"|pydoc_data|site-packages|test|tests|tkinter|turtledemo)$"
)
ACCOUNTS = {
    "etc/passwd": "root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n",
    "etc/group": "root:x:0:\napp:x:1000:\n",
}


def shared_libraries(files: list[Path]) -> set[Path]:
    """Return the libraries, and the loader, that ``files`` are linked to."""
    listing = subprocess.run(
        ["ldd", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    return {Path(name) for name in re.findall(r"(?:=>\s|^\s+)(/\S+) \(", listing, re.M)}


def plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what is not needed; forget who owned a file.

    Its time stays: by that of its source, Python takes a compiled module for current.
    Without these it would compile again at each start, as nothing can be written.
    """
    if NOT_NEEDED.search(member.name):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def write_base(archive: tarfile.TarFile) -> None:
    """Add the file tree of the base image to ``archive``."""
    binary = PYTHON.resolve()
    library = Path("/usr/lib") / binary.name  # Debian: /usr/lib/python3.11
    modules = list(library.glob("lib-dynload/*.so"))

    extra = [program for program in EXTRA if program.exists()]

    folders = "etc proc sys dev run tmp usr usr/bin usr/sbin var var/log"
    for name in folders.split():
        folder = tarfile.TarInfo(name)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
        archive.addfile(folder)
    links = {name: f"usr/{name}" for name in ("bin", "lib", "lib64")}
    links |= {f"usr/bin/{name}": "busybox" for name in BUSYBOX_NAMES}
    links |= {"usr/bin/python3": binary.name, "sbin": "usr/sbin"}
    # git calls itself by this name at the far end of a fetch.
    links |= {"usr/bin/git-upload-pack": "git"}
    for name, target in links.items():
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, target
        archive.addfile(link)
    for name, text in ACCOUNTS.items():
        file = tarfile.TarInfo(name)
        file.size = len(text)
        archive.addfile(file, io.BytesIO(text.encode()))

    archive.add(library, filter=plain)
    libraries = shared_libraries([binary, *modules, *extra])
    for source in (binary, BUSYBOX, *extra, *sorted(libraries)):
        # /lib is a link to /usr/lib, and most libraries are links to files.
        destination = source.parent.resolve() / source.name
        archive.add(source.resolve(), arcname=destination, filter=plain)


def main() -> int:
    """Write the archive that the command line names."""
    parser = argparse.ArgumentParser(
        description="Write the file tree of a base image with this machine's Python."
    )
    parser.add_argument("output", type=Path, metavar="base.tar")
    output: Path = parser.parse_args().output
    for needed in (PYTHON, BUSYBOX):
        if not needed.exists():
            print(
                f"base_image.py: {needed} is missing: "
                "install the Debian packages python3 and busybox-static",
                file=sys.stderr,
            )
            return 2
    with tarfile.open(output, "w") as archive:
        write_base(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
