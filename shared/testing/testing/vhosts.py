"""Brokers for tests: a virtual host of its own is as good as a broker of its own."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

from servers import RabbitMQ
from servers.rights import rights

MakeVhost = Callable[[], Awaitable[str]]
"""Make a fresh virtual host and return its URL."""


async def make_vhost(broker: RabbitMQ) -> str:
    """Return the URL of a fresh virtual host."""
    name = f"test-{uuid4().hex}"
    await asyncio.to_thread(broker.manage, "PUT", f"vhosts/{name}")
    return broker.admin_url + name


async def drop_vhost(broker: RabbitMQ, url: str) -> None:
    """Remove a virtual host with all its queues."""
    await asyncio.to_thread(broker.manage, "DELETE", f"vhosts{urlsplit(url).path}")


class ServiceUsers:
    """The users of the services at one broker, each with the rights that it has in earnest."""

    def __init__(self, broker: RabbitMQ) -> None:
        """Create none yet."""
        self._broker = broker
        self._password = secrets.token_hex(8)
        self._created: set[str] = set()

    async def admit(self, service: str, vhost_url: str) -> str:
        """Admit a service's user to a virtual host; return the URL at which it connects."""
        if service not in self._created:
            await asyncio.to_thread(self._broker.manage, "PUT", f"users/{service}", {"password": self._password, "tags": ""})
            self._created.add(service)
        parts = urlsplit(vhost_url)
        await asyncio.to_thread(self._broker.manage, "PUT", f"permissions/{quote(parts.path[1:], safe='')}/{service}", rights(service))
        return urlunsplit(parts._replace(netloc=f"{service}:{self._password}@{parts.hostname}:{parts.port}"))
