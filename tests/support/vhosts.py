"""Brokers for tests: a virtual host of its own is as good as a broker of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import uuid4

from local.servers import RabbitMQ

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
