"""Events as they happen: one queue of this process on the public exchange, relayed to every listener of this process.

The queue is there only while somebody listens. Nobody is waited for: a listener that does not keep up is cut off, so
that it comes back and reads again what it shows.
"""

import asyncio
import re
from collections import deque
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog
from aio_pika import ExchangeType
from contracts import envelope
from contracts.message import EVENTS
from contracts.types import new_id
from pydantic_core import from_json, to_json

from chassis.errors import Unavailable
from chassis.messaging.broker import BROKER_ERRORS, LOOK_S, RECONNECT_S
from chassis.messaging.channel import KeptChannel
from chassis.stopping import is_cancelled
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import LISTENERS, LISTENERS_CUT_OFF

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
    from contracts.envelope import Envelope

    from chassis.settings import Settings

MOST_LISTENERS: Final = 500
BUFFER: Final = 1_000
"""Events that one listener may be behind."""
QUEUE_LENGTH: Final = 10_000
"""Events that the process may be behind; then the broker drops the oldest."""
PREFETCH: Final = 200
LOOK_EVERY_S: Final = 1.0
"""How often the mark is looked for that goes with the exchange, whose deletion ends the binding: events are missed from then on."""
ATTRIBUTES: Final = ("specversion", "id", "type", "source", "time", "subject", "correlationid")
"""What a browser receives in addition to the data."""
EVENT_NAME: Final = re.compile(r"[\w.-]{1,100}")

READY: Final = b"event: ready\ndata: {}\n\n"
"""From here on every event is sent."""
AWAY: Final = b"event: away\ndata: {}\n\n"
"""The broker is lost: events may be missed until the next ``ready``."""

log = structlog.get_logger()


class Listener:
    """A listener, and the events that it has not taken yet."""

    def __init__(self, types: Sequence[str], about: Sequence[UUID]) -> None:
        """Listen to events whose type begins with one of ``types`` and that name one of the ids ``about``; empty means any."""
        self._types = tuple(types)
        self._about = {str(wanted) for wanted in about}
        self._frames: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.ended = asyncio.Event()
        """Set when nothing more will come."""

    def wants(self, event: "Event") -> bool:
        """Whether it subscribed to this event."""
        return (not self._types or event.type.startswith(self._types)) and (not self._about or not self._about.isdisjoint(event.ids))

    def put(self, frame: bytes) -> None:
        """Keep a frame for it; one that is too far behind is cut off."""
        if self.ended.is_set():
            return
        if len(self._frames) >= BUFFER:
            log.warning("a listener that does not keep up is cut off", behind=len(self._frames))
            LISTENERS_CUT_OFF.inc()
            self._frames.clear()
            self.ended.set()
            return
        self._frames.append(frame)
        self._news.set()

    async def take(self, patience_s: float) -> bytes:
        """Return everything that waits, or nothing when nothing came for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._news.wait()
        self._news.clear()
        taken = b"".join(self._frames)
        self._frames.clear()
        return taken


class EventHub:
    """Relays the public events to the listeners of this process."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare; ``run`` does the work."""
        self._url = settings.broker_url.get_secret_value()
        self._name = f"{settings.service}.live.{new_id().hex}"
        self._listeners: set[Listener] = set()
        self._somebody = asyncio.Event()
        self._nobody = asyncio.Event()
        self._state: bytes | None = None
        self._is_ended = False

    @contextmanager
    def listening(self, types: Sequence[str] = (), about: Sequence[UUID] = ()) -> Iterator[Listener]:
        """Listen within the block; Unavailable when too many do, or when the process stops."""
        if self._is_ended:
            raise Unavailable("stopping", "This process is being stopped. Connect again; another one answers.")
        if len(self._listeners) >= MOST_LISTENERS:
            detail = f"{MOST_LISTENERS} streams are open here, which is the most. Close one, or try again later."
            raise Unavailable("too-many-streams", detail)
        listener = Listener(types, about)
        if self._state is not None:
            listener.put(self._state)
        self._listeners.add(listener)
        self._count()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._count()

    def end(self) -> None:
        """Let every stream end now, and open no other."""
        self._is_ended = True
        for listener in self._listeners:
            listener.ended.set()

    async def run(self) -> None:
        """Listen to the broker whenever somebody listens here, until cancelled."""
        while True:
            await self._somebody.wait()
            try:
                await self._relay()
            except (*BROKER_ERRORS, asyncio.CancelledError) as error:
                if is_cancelled():
                    raise
                log.warning("live events wait for the broker", error=describe(error))
                self._send_to_all(AWAY)
                await asyncio.sleep(RECONNECT_S)
            if not self._listeners:
                self._state = None

    def _count(self) -> None:
        LISTENERS.set(len(self._listeners))
        present, absent = (self._somebody, self._nobody) if self._listeners else (self._nobody, self._somebody)
        present.set()
        absent.clear()

    async def _relay(self) -> None:
        """Relay events until nobody listens any more or the broker is lost."""
        subscription = Subscription(self._name)
        channel = KeptChannel(
            url=self._url,
            part="live events",
            declare=subscription.declare,
            opened=partial(self._begin, subscription),
            closed=lambda: None,
            every_s=LOOK_EVERY_S,
        )
        await first_of(channel.hold(), self._until_nobody_listens(subscription))

    async def _until_nobody_listens(self, subscription: "Subscription") -> None:
        await self._nobody.wait()
        self._state = None  # who comes while the queue goes is notified by the next one
        await subscription.remove_mark()

    async def _begin(self, subscription: "Subscription", channel: "AbstractChannel") -> None:
        await channel.set_qos(prefetch_count=PREFETCH)
        self._send_to_all(READY)
        await (await channel.get_queue(subscription.queue, ensure=False)).consume(self._relay_delivery)

    def _send_to_all(self, state: bytes) -> None:
        if state is not self._state:
            self._state = state
            for listener in self._listeners:
                listener.put(state)

    async def _relay_delivery(self, delivery: "AbstractIncomingMessage") -> None:
        self._send_event(delivery)  # before anything is awaited: deliveries keep their order
        with suppress(*BROKER_ERRORS):
            await delivery.ack()

    def _send_event(self, delivery: "AbstractIncomingMessage") -> None:
        try:
            event = read(envelope.read(delivery.headers), delivery.body)
        except (ValueError, ArithmeticError):
            return  # not an event of anybody's who keeps to the contract
        for listener in self._listeners:
            if listener.wants(event):
                listener.put(event.frame)


class Subscription:
    """A queue that is bound to the public exchange, and a mark of that binding.

    The mark is an exchange of this process that is bound to the public one, to nothing else, and deleted by the broker with that
    binding. When the public exchange is deleted, the mark is gone, also when the exchange was declared again before anybody looked.
    """

    def __init__(self, mark: str) -> None:
        """Name the mark; nothing is declared yet."""
        self.queue = f"{mark}.{new_id().hex}"
        self._mark = mark
        self._channel: AbstractChannel | None = None

    async def declare(self, channel: "AbstractChannel") -> None:
        """Bind the queue the first time, and then look for the mark; BROKER_ERRORS when it, or the public exchange, is gone."""
        if self._channel is not None:
            await channel.declare_exchange(self._mark, passive=True)
            return
        events = await channel.declare_exchange(EVENTS, passive=True)
        mark = await channel.declare_exchange(self._mark, ExchangeType.FANOUT, auto_delete=True)
        await events.bind(mark)  # before the queue: what is deleted in between takes the mark with it
        queue = await channel.declare_queue(
            self.queue, exclusive=True, auto_delete=True, arguments={"x-max-length": QUEUE_LENGTH, "x-overflow": "drop-head"}
        )
        await queue.bind(EVENTS, "#")
        self._channel = channel

    async def remove_mark(self) -> None:
        """Delete the mark, which would outlive this process; one that is left is used again, and goes with the public exchange."""
        if self._channel is not None:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(LOOK_S):
                    await self._channel.exchange_delete(self._mark)


@dataclass(frozen=True, slots=True)
class Event:
    """A public event as it is relayed."""

    type: str
    ids: frozenset[str]
    """What its data name: the texts of its fields, among which the ids are."""
    frame: bytes


def read(about: "Envelope", body: bytes) -> Event:
    """Prepare an event for browsers, its CloudEvents JSON on one line; ValueError when it is not an event."""
    if not EVENT_NAME.fullmatch(about.type):
        message = "no name of an event"
        raise ValueError(message)
    attributes = {name.removeprefix(envelope.PREFIX): value for name, value in about.headers().items()}
    shown = {name: attributes[name] for name in ATTRIBUTES if name in attributes}
    sequence = {} if about.sequence is None else {"sequence": about.sequence}
    data = from_json(body)
    line = to_json({**shown, **sequence, "data": data})
    frame = b"event: %s\nid: %s\ndata: %s\n\n" % (about.type.encode(), str(about.id).encode(), line)
    return Event(about.type, frozenset(_texts(data.values()) if isinstance(data, dict) else ()), frame)


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (each for each in value if isinstance(each, str))


async def first_of(*waits: Coroutine[object, object, object]) -> None:
    """Return when the first of them does, or raise what it raises; the others are cancelled."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
