"""A link check that always ends and that calls a broken link broken.

Sphinx waits as long as a server asks for with ``429 Too Many Requests`` and
``Retry-After``, however often: one such server and the check never ends. It also
passes ``503 Service Unavailable`` in silence. Here the waits for one address are
limited, all in all, to ``linkcheck_rate_limit_timeout`` seconds, and a 503 that
stays is broken. Both were seen in `sphinx/builders/linkcheck.py` of Sphinx 9.0.4.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders import linkcheck


class Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
    """Checks addresses, and gives one up that goes on asking to wait."""

    first_asked: dict[str, float] = {}  # noqa: RUF012 - shared by all workers
    """When each address first asked to wait, in seconds since the epoch."""

    def limit_rate(self, response_url: str, retry_after: str | None) -> float | None:
        """Return when to try again, or None to give the address up as broken."""
        next_check = super().limit_rate(response_url, retry_after)
        if next_check is None:
            return None
        begun = self.first_asked.setdefault(response_url, time.time())
        if next_check - begun <= self.rate_limit_timeout:
            return next_check
        # Free the host's other addresses, which wait for the same moment.
        self.rate_limits.pop(urlsplit(response_url).netloc, None)
        return None

    def _check_uri(self, uri: str, hyperlink: linkcheck.Hyperlink) -> Any:
        """Check one address once."""
        status, info, code = super()._check_uri(uri, hyperlink)
        if info == "service unavailable":
            status = linkcheck._Status.BROKEN
        return status, info, code


def setup(app: Sphinx) -> dict[str, Any]:
    """Put our worker in the place of Sphinx's."""
    linkcheck.HyperlinkAvailabilityCheckWorker = Worker  # type: ignore[misc]
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
