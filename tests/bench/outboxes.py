"""What waits in the outboxes of a platform."""

import asyncio
import time
from typing import Final

import asyncpg
from support.platform import Platform

LOOK_S: Final = 0.05
EMPTY: Final = "SELECT NOT EXISTS (SELECT FROM outbox)"


async def until_empty(running: Platform, within_s: float) -> None:
    """Wait until no service has a message to publish; TimeoutError when that takes longer."""
    for address in running.databases.values():
        connection = await asyncpg.connect(address.replace("+asyncpg", ""))
        try:
            deadline = time.monotonic() + within_s
            while not await connection.fetchval(EMPTY):
                if time.monotonic() > deadline:
                    message = f"an outbox was not empty within {within_s:g} s"
                    raise TimeoutError(message)
                await asyncio.sleep(LOOK_S)
        finally:
            await connection.close()
