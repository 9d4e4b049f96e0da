"""The sidecar container: makes a certificate, then runs nginx as HTTPS proxy.

nginx could be started without this program. But it makes no certificate, and
SIGTERM means "drop what you are doing" to it, where it is to finish that.

Settings (environment variables): HOST, PORT (8443), HEALTH_PORT (8085),
UPSTREAM (127.0.0.1:8084), PROXY_DIR (/var/lib/https-proxy), CLIENT_SECONDS (5),
CERT_DAYS (30).
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from serve import fail, folder, number, say, setting, stop_event

NAME = "https-proxy"
HERE = Path(__file__).parent
GRACE = 0.7  # seconds in which nginx may finish what it is answering


def run(*command: str | Path) -> None:
    """Run a command to its end; if it fails, exit with its first line."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=30)
    except FileNotFoundError:
        fail(NAME, f"no program {command[0]}: install it")
    if done.returncode != 0:
        first_line = done.stderr.decode(errors="replace").split("\n")[0]
        fail(NAME, f"{command[0]} failed: {first_line}")


# [certificate]
def make_certificate(place: Path, days: int) -> None:
    """Make ``key.pem`` and ``cert.pem`` in ``place`` unless it has good ones.

    A restart keeps a certificate that is good for another day, so that clients
    that trust it go on doing so.
    """
    check = ("openssl", "x509", "-noout", "-checkend", "86400", "-in")
    if (place / "cert.pem").exists():
        done = subprocess.run([*check, place / "cert.pem"], capture_output=True)
        if done.returncode == 0:
            return
    new = place.with_name("new")
    for old in (new, place):
        shutil.rmtree(old, ignore_errors=True)
    new.mkdir()
    options = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
    files = ("-keyout", new / "key.pem", "-out", new / "cert.pem")
    settings = ("-config", HERE / "certificate.cnf", "-days", str(days))
    run("openssl", "req", "-x509", *options, *settings, *files)
    (new / "key.pem").chmod(0o600)
    new.rename(place)  # both files or none, whenever we are killed
    # [/certificate]


def port(variable: str, default: str) -> str:
    """Return the port that ``variable`` names; exit if it cannot be used."""
    host = setting(NAME, "HOST", "127.0.0.1")
    text = setting(NAME, variable, default)
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        fail(NAME, f"{variable} is {text!r}: set it to a port, 1 to 65535")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(text)))
    except OSError as error:
        problem = f"cannot use {host}:{text} ({error.strerror})"
        fail(NAME, f"{problem}: set {variable} or HOST")
    return text


def settings(place: Path) -> dict[str, str]:
    """Return the words that stand in nginx.conf.in as @NAME@, all checked."""
    words = {
        "HOST": setting(NAME, "HOST", "127.0.0.1"),
        "PORT": port("PORT", "8443"),
        "HEALTH_PORT": port("HEALTH_PORT", "8085"),
        "UPSTREAM": setting(NAME, "UPSTREAM", "127.0.0.1:8084"),
        "DIR": str(place),
        "CLIENT_TIME": f"{number(NAME, 'CLIENT_SECONDS', 5) * 1000 or 1:.0f}ms",
    }
    for name, word in words.items():
        if not re.fullmatch(r"[\w./:-]+", word):
            fail(NAME, f"{name} is {word!r}: use letters, digits, ./:-_ only")
    return words


def write(words: dict[str, str], place: Path) -> Path:
    """Write certificate, key and nginx.conf to ``place``; return the last."""
    text = (HERE / "nginx.conf.in").read_text()
    text = re.sub("@([A-Z_]+)@", lambda found: words[found[1]], text)
    file = place / "nginx.conf"
    try:
        file.write_text(text)
        make_certificate(place / "tls", int(number(NAME, "CERT_DAYS", 30)))
    except OSError as error:
        problem = f"cannot write to {place} ({error.strerror})"
        fail(NAME, f"{problem}: mount a volume that this user may write to")
    return file


def show(requests: Iterable[str]) -> None:
    """Print nginx's line about each request until it ends."""
    for request in requests:
        say(NAME, request.rstrip("\n"))


def main() -> None:
    """Run nginx until told to stop, and let it finish what it is answering."""
    stop = stop_event()
    # Where nginx is, and not every user's shell looks.
    os.environ["PATH"] = os.environ.get("PATH", "/usr/bin") + ":/usr/sbin"
    place = folder(NAME, "PROXY_DIR", "/var/lib/https-proxy")
    words = settings(place)
    file = write(words, place)
    nginx = ["nginx", "-e", "stderr", "-p", str(place), "-c", str(file)]
    if os.geteuid() == 0:
        # It would give its work to a user who cannot see the folder.
        nginx += ["-g", "user root;"]
    run(*nginx, "-t")
    # [run]
    listens = place / "nginx.pid"  # nginx writes it when it listens
    listens.unlink(missing_ok=True)
    child = subprocess.Popen(nginx, stdout=subprocess.PIPE, text=True)
    printer = threading.Thread(target=show, args=(child.stdout,), daemon=True)
    printer.start()
    while child.poll() is None and not listens.exists():
        time.sleep(0.01)
    say(NAME, "listening on https://{HOST}:{PORT}/".format(**words))
    while not stop.wait(0.05):
        # Ctrl-C in a terminal ends nginx too, and we may hear of that first.
        if child.poll() is not None and not stop.wait(0.5):
            fail(NAME, f"nginx ended with status {child.returncode}")
    child.send_signal(signal.SIGQUIT)  # "finish, then end"
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)
    child.terminate()  # "end", if it has not
    child.wait()
    printer.join(0.1)
    say(NAME, "stopped")
    # [/run]


if __name__ == "__main__":
    main()
