"""A channel to the broker that is kept: opened, declared again at intervals, and opened again when it is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aio_pika
import structlog

from chassis.messaging.broker import BROKER_ERRORS, DECLARE_EVERY_S, RECONNECT_S, TIMEOUT_S
from chassis.stopping import is_cancelled
from chassis.telemetry.logs import describe

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection

HEARTBEAT_S: Final = 10
"""A broker that is frozen rather than gone is noticed after about three of them."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class KeptChannel:
    """A channel on a connection of its own, and what a part of the process does with it."""

    url: str
    part: str
    """The part's name in the log."""
    declare: "Callable[[AbstractChannel], Awaitable[None]]"
    """Declares and binds what the part needs; called when the channel opens and then every ``every_s``."""
    opened: "Callable[[AbstractChannel], Awaitable[None]]"
    """Called after the first ``declare``: begins to consume."""
    closed: Callable[[], None]
    """Called whenever the channel is no longer used, also when it could not be opened."""
    confirms: bool = False
    """Whether the broker confirms what is published, and what no queue takes is an error."""
    heartbeat_s: float = HEARTBEAT_S
    every_s: float = DECLARE_EVERY_S
    """What somebody deleted at the broker is there again after so long."""
    _waits: bool = field(default=False, init=False)
    """Whether it is already logged that it waits for the broker."""

    async def keep(self) -> None:
        """Keep the channel open until cancelled."""
        while True:
            try:
                await self.hold()
            except (*BROKER_ERRORS, asyncio.CancelledError) as error:
                if is_cancelled():
                    raise
                if not self._waits:
                    log.warning("a part of the process waits for the broker", part=self.part, error=describe(error))
                self._waits = True
            await asyncio.sleep(RECONNECT_S)

    async def hold(self) -> None:
        """Open the channel and keep it until it is lost; BROKER_ERRORS then, or a CancelledError of what it was processing."""
        connection: AbstractConnection | None = None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                connection = await aio_pika.connect(self.url, heartbeat=self.heartbeat_s)
            await self._use(connection)
        finally:
            self.closed()
            if connection is not None:
                with suppress(*BROKER_ERRORS):
                    async with asyncio.timeout(TIMEOUT_S):
                        await connection.close()

    async def _use(self, connection: "AbstractConnection") -> None:
        lost = asyncio.Event()
        async with asyncio.timeout(TIMEOUT_S):
            channel = await connection.channel(publisher_confirms=self.confirms, on_return_raises=self.confirms)
            channel.close_callbacks.add(lambda *_: lost.set())
            (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: lost.set())
            await self.declare(channel)
            await self.opened(channel)
        self._waits = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every_s):
                    await lost.wait()
            if lost.is_set():
                message = "the channel, or a queue that is consumed on it, is lost"
                raise ConnectionError(message)
            async with asyncio.timeout(TIMEOUT_S):
                await self.declare(channel)
