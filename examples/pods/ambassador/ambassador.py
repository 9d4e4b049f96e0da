"""The ambassador container: makes several stores look like one on localhost.

It speaks the stores' own language on both sides. Each key belongs to one store,
always the same one. When that store is away, its keys are away too: no other
store has a copy, so asking it would be wrong, and writing to it worse.

Settings (environment variables): HOST, PORT (8094), TIMEOUT (1) in seconds for
one answer of a store, BACKENDS: NAME=URL pairs with spaces between.
"""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from urllib.parse import quote, unquote_to_bytes

from asking import Answer, ask
from serve import Handler, fail, number, serve, setting

NAME = "ambassador"
MAX_VALUE = 1 << 20  # bytes of one value, as in the stores
LOOK = 0.5  # seconds for a health check; a kubelet waits 1 s for ours


# [shard]
def store_of(key: bytes, names: Iterable[str]) -> str:
    """Return the name of the store to which ``key`` belongs.

    The highest bidder wins, and a bid hangs on the key and that one name alone
    (rendezvous hashing). So a new store takes keys over, and no key moves
    between the old ones. Python's own hash() differs from run to run.
    """
    return max(names, key=lambda n: blake2b(n.encode() + b"\0" + key).digest())
    # [/shard]


class AmbassadorHandler(Handler):
    """Passes ``/keys/KEY`` on; ``GET /backends`` says how the stores are."""

    stores: dict[str, str]
    limit: float

    def page(self) -> Answer:
        """Return the value of a key, or the state of each store."""
        if self.path == "/backends":
            lines = (f"{name}: {state}\n" for name, state in self.states())
            return 200, "".join(lines).encode()
        return self.pass_on(None)

    def do_PUT(self) -> None:
        """Pass on what the client sends."""
        status, value = self.received(MAX_VALUE)
        if status == 200:
            status, value = self.pass_on(value)
        self.answer(status, value)

    # [pass-on]
    def pass_on(self, value: bytes | None) -> Answer:
        """Ask the one store that may know; say so if it does not answer."""
        start, _, quoted = self.path.partition("/keys/")
        if start or "/keys/" not in self.path:
            return 404, b"keys are at /keys/\n"
        # %41 and A are the same key: decode it before a store is chosen.
        key = unquote_to_bytes(quoted.encode("latin-1"))
        name = store_of(key, self.stores)
        path = "/keys/" + quote(key, safe="")
        try:
            return ask(self.stores[name], self.command, path, value, self.limit)
        except OSError as error:
            doubt = "" if value is None else "; it may have kept the value"
            return 503, f"{name} is away: {error}{doubt}\n".encode()
        # [/pass-on]

    # [health]
    def health(self) -> Answer:
        """Be well while one store answers: its keys are worth serving."""
        up = sum(state == "up" for _, state in self.states())
        text = f"{up} of {len(self.stores)} stores answer\n"
        return (200 if up else 503), text.encode()
        # [/health]

    def states(self) -> list[tuple[str, str]]:
        """Return each store with "up" or what is wrong; ask all at once."""

        def state(host: str) -> str:
            try:
                status, _ = ask(host, "GET", "/healthz", None, LOOK)
            except OSError as error:
                return f"away: {error}"
            return "up" if status == 200 else f"away: its status is {status}"

        with ThreadPoolExecutor(len(self.stores)) as pool:
            found = pool.map(state, self.stores.values())
        return list(zip(self.stores, found, strict=True))


def main() -> None:
    """Pass requests on until told to stop."""
    text = setting(NAME, "BACKENDS")
    pairs = re.findall(r"(?<!\S)([\w-]+)=http://([\w.-]+:\d+)(?!\S)", text)
    AmbassadorHandler.stores = dict(pairs)
    if not 0 < len(AmbassadorHandler.stores) == len(text.split()):
        fail(NAME, f"BACKENDS is {text!r}: set it to NAME=http://HOST:PORT ...")
    AmbassadorHandler.limit = number(NAME, "TIMEOUT", 1)
    serve(NAME, AmbassadorHandler, default_port=8094)


if __name__ == "__main__":
    main()
