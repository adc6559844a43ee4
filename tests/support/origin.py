"""Where the journeys go: the one origin of a running platform, and its broker where a stranger may listen."""

from dataclasses import dataclass

from httpx import AsyncClient, AsyncHTTPTransport, Limits, Timeout

PATIENCE = Timeout(45.0, pool=120.0)
"""Longer than the longest ``Prefer: wait``."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A platform seen from outside."""

    url: str
    amqp: str | None = None
    """Where somebody who may listen connects; None when that is nobody's business."""

    def client(self) -> AsyncClient:
        """Make a client of the whole platform."""
        limits = Limits(max_connections=256, max_keepalive_connections=64)
        return AsyncClient(base_url=self.url, timeout=PATIENCE, transport=AsyncHTTPTransport(limits=limits, retries=1))
