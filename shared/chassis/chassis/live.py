"""Events as they happen: one queue of this process on the public exchange, handed on to everybody who listens here.

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
from contracts import envelope
from contracts.message import EVENTS
from contracts.types import new_id
from pydantic_core import from_json, to_json

from chassis.kept_channel import KeptChannel
from chassis.logs import describe
from chassis.messaging import BROKER_ERRORS, RECONNECT_S
from chassis.metrics import LISTENERS, LISTENERS_CUT_OFF
from chassis.problems import Problem
from chassis.stopping import is_cancelled

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
"""How often the exchange is looked for, whose deletion ends the binding: events are missed from then on. Less than MISSING_FOR_S."""
ATTRIBUTES: Final = ("specversion", "id", "type", "source", "time", "subject", "correlationid")
"""What a browser is told besides the data."""
SPEAKABLE: Final = re.compile(r"[\w.-]{1,100}")

READY: Final = b"event: ready\ndata: {}\n\n"
"""From here on every event is heard."""
AWAY: Final = b"event: away\ndata: {}\n\n"
"""The broker is lost: events may be missed until the next ``ready``."""

log = structlog.get_logger()


class Listener:
    """Somebody who listens, and what was not handed over yet."""

    def __init__(self, types: Sequence[str], about: Sequence[UUID]) -> None:
        """Listen to events whose type begins with one of ``types`` and that name one of the ids ``about``; empty means any."""
        self._types = tuple(types)
        self._about = {str(wanted) for wanted in about}
        self._frames: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.ended = asyncio.Event()
        """Set when nothing more will come."""

    def wants(self, event: "Event") -> bool:
        """Whether it asked for this event."""
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


class Switchboard:
    """Hands the public events on to the listeners of this process."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare; ``run`` does the work."""
        self._url = settings.broker_url.get_secret_value()
        self._service = settings.service
        self._listeners: set[Listener] = set()
        self._somebody = asyncio.Event()
        self._nobody = asyncio.Event()
        self._state: bytes | None = None
        self._is_ended = False

    @contextmanager
    def listening(self, types: Sequence[str] = (), about: Sequence[UUID] = ()) -> Iterator[Listener]:
        """Listen within the block; a Problem when too many do, or when the process stops."""
        if self._is_ended:
            raise Problem(503, "stopping", "This process is being stopped. Connect again; another one answers.")
        if len(self._listeners) >= MOST_LISTENERS:
            detail = f"{MOST_LISTENERS} streams are open here, which is the most. Close one, or try again later."
            raise Problem(503, "too-many-streams", detail)
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
                self._tell(AWAY)
                await asyncio.sleep(RECONNECT_S)
            if not self._listeners:
                self._state = None

    def _count(self) -> None:
        LISTENERS.set(len(self._listeners))
        present, absent = (self._somebody, self._nobody) if self._listeners else (self._nobody, self._somebody)
        present.set()
        absent.clear()

    async def _relay(self) -> None:
        """Hand events on until nobody listens any more or the broker is lost."""
        queue = f"{self._service}.live.{new_id().hex}"
        channel = KeptChannel(
            url=self._url,
            part="live events",
            declare=partial(_bind, queue),
            opened=partial(self._begin, queue),
            closed=lambda: None,
            every_s=LOOK_EVERY_S,
        )
        await first_of(channel.hold(), self._until_nobody_listens())

    async def _until_nobody_listens(self) -> None:
        await self._nobody.wait()
        self._state = None  # who comes while the queue goes hears of the next one

    async def _begin(self, queue: str, channel: "AbstractChannel") -> None:
        await channel.set_qos(prefetch_count=PREFETCH)
        self._tell(READY)
        await (await channel.get_queue(queue, ensure=False)).consume(self._hand_on)

    def _tell(self, state: bytes) -> None:
        if state is not self._state:
            self._state = state
            for listener in self._listeners:
                listener.put(state)

    async def _hand_on(self, delivery: "AbstractIncomingMessage") -> None:
        self._tell_event(delivery)  # before anything is awaited: deliveries keep their order
        with suppress(*BROKER_ERRORS):
            await delivery.ack()

    def _tell_event(self, delivery: "AbstractIncomingMessage") -> None:
        try:
            event = read(envelope.read(delivery.headers), delivery.body)
        except (ValueError, ArithmeticError):
            return  # not an event of anybody's who keeps to the contract
        for listener in self._listeners:
            if listener.wants(event):
                listener.put(event.frame)


async def _bind(name: str, channel: "AbstractChannel") -> None:
    """Declare the queue and bind it; the exchange is only looked for, because events were missed when it is gone."""
    await channel.declare_exchange(EVENTS, passive=True)
    queue = await channel.declare_queue(
        name, exclusive=True, auto_delete=True, arguments={"x-max-length": QUEUE_LENGTH, "x-overflow": "drop-head"}
    )
    await queue.bind(EVENTS, "#")


@dataclass(frozen=True, slots=True)
class Event:
    """A public event as it is handed on."""

    type: str
    ids: frozenset[str]
    """What its data name: the texts of its fields, among which the ids are."""
    frame: bytes


def read(about: "Envelope", body: bytes) -> Event:
    """Prepare an event for browsers, its CloudEvents JSON on one line; ValueError when it is not an event."""
    if not SPEAKABLE.fullmatch(about.type):
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
