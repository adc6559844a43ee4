"""One transaction serves many: whatever waits when the last one finished goes together.

Each caller gets its own answer or its own error. An error that is the batch's alone (a deadlock, a lost database)
repeats the batch; any other splits it in halves until the item that fails is alone. An item that collides with other
transactions although it is alone is tried again beside the others, a limited number of times. A batch that met a lock
time-out or a slow statement is neither repeated nor split, which would take as long each time: each of its items goes beside.
For a while after a time-out the queue waits for locks only shortly, because further items for the locked row may follow.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar
from uuid import UUID

import structlog

from chassis.data.database import CommitUnknownError, Database, Transaction
from chassis.database_errors import collided, lost, misfit, timed_out, used_up
from chassis.errors import DomainError
from chassis.telemetry import tracing
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import BATCH_SECONDS, BATCH_SIZE

LIMIT: Final = 200
"""Items in one transaction at most."""
COLLISIONS: Final = 2
"""A batch that collides with other transactions more often is split; an item alone is tried again beside the others."""
SUSPICIONS: Final = 3
"""Work that loses its connection more often, while the database answers others, is what fails, not the database."""
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 2.0
BESIDE_PAUSES_S: Final = (0.05, 0.2, 0.8, 3.0)
"""Before each further attempt of an item that is tried beside the others; after the last one it has failed."""
SHORT_LOCK_MS: Final = 500
"""How long a queue waits for a lock after a time-out."""
SHORT_LOCKS_S: Final = 30.0
"""For how long after a time-out it waits only so long."""
CROWDED_FROM: Final = 8
"""Items in a batch from which on more are on their way: the next batch waits a little for as many, and shares its statements among them."""
COMPANY: Final = 48
"""So many items that have time do not wait for more."""
PAUSE_S: Final = 0.1
"""How long a batch waits for further items at most."""
BESIDE_AT_ONCE: Final = 2
"""Items that are tried beside the others at the same time; each takes a connection."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Work = Callable[[Sequence[Item], Transaction], Awaitable[Sequence[Answer | DomainError]]]
"""Returns an answer for each item, in order; a DomainError is raised to its item's caller alone."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Answer]):
    item: Item
    answer: "asyncio.Future[Answer]"
    alone: bool
    cause: UUID | None
    trace: str | None
    has_time: bool = False
    """Whether nobody waits for it."""
    beside: bool = False
    """Whether it is tried beside the others."""
    since: float = field(default_factory=time.monotonic)


class _WorkFailsError(Exception):
    """The database answers, and still the work loses its connection again and again; its cause is what the last attempt raised."""


class GroupCommit(Generic[Item, Answer]):
    """A batch queue: one transaction at a time does the work of all that wait."""

    def __init__(self, name: str, database: Database, work: Work[Item, Answer], *, patience_s: float | None) -> None:
        """Do ``work`` in batches; give up on a lost database after ``patience_s``.

        None means never, not even when it is unknown whether a commit happened: for work that is harmless to repeat.
        """
        self._name = name
        self._database = database
        self._work = work
        self._patience_s = patience_s
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._batch: list[_Waiting[Item, Answer]] = []
        self._wanted = self._urgent = 0
        """How many the next batch waits for, and how many of those that wait have no time."""
        self._are_there = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()
        self._beside_turn = asyncio.Semaphore(BESIDE_AT_ONCE)
        self._short_locks_until = 0.0

    async def submit(
        self, item: Item, *, alone: bool = False, has_time: bool = False, cause: UUID | None = None, trace: str | None = None
    ) -> Answer:
        """Have the item done with whatever else waits, which one that ``has_time`` waits for; return its answer once it is committed."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, answer, alone, cause, trace or tracing.current(), has_time))
        self._urgent += not has_time
        if self._are_enough():
            self._are_there.set()
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run(), name=f"group-commit-{self._name}")
        return await answer

    async def stop(self, grace_s: float) -> None:
        """Finish what waits within ``grace_s``; the callers of what is left are cancelled."""
        deadline = time.monotonic() + grace_s
        while (running := self._running()) and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(running, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        while running := self._running():  # what ends may leave an item beside the others
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        for waiting in self._waiting:
            waiting.answer.cancel()

    def _running(self) -> list[asyncio.Task[None]]:
        return [task for task in (self._runner, *self._beside) if task is not None and not task.done()]

    def age_s(self) -> float:
        """Return for how long the oldest item has waited for its turn and its answer, without those that are tried beside the others."""
        since = [waiting.since for waiting in (*self._batch, *self._waiting) if not waiting.beside and not waiting.answer.done()]
        return time.monotonic() - min(since) if since else 0.0

    async def _run(self) -> None:
        done = 0
        while await self._gather(done):
            self._batch = self._next_batch()
            try:
                await self._settle(self._batch)
            finally:  # cancelled: nobody may wait for ever
                for waiting in self._batch:
                    if not waiting.beside:
                        waiting.answer.cancel()
                done = len(self._batch)
                self._batch = []

    async def _gather(self, done: int) -> bool:
        """Wait a short while for as many as the last batch did, and for what items that have time can go with; return whether any waits."""
        self._wanted = done if done >= CROWDED_FROM else 0
        self._are_there.clear()
        if (self._waiting or self._wanted) and not self._are_enough():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._are_there.wait(), PAUSE_S)
        return bool(self._waiting)

    def _are_enough(self) -> bool:
        return len(self._waiting) >= (self._wanted if self._urgent else COMPANY)

    def _next_batch(self) -> list[_Waiting[Item, Answer]]:
        batch = [self._waiting.popleft()]
        while not batch[0].alone and self._waiting and not self._waiting[0].alone and len(batch) < LIMIT:
            batch.append(self._waiting.popleft())
        self._urgent -= sum(not waiting.has_time for waiting in batch)
        return [waiting for waiting in batch if not waiting.answer.cancelled()]

    async def _settle(self, batch: list[_Waiting[Item, Answer]]) -> None:
        """Answer every item of the batch, except those that are tried beside the others from now on."""
        if not batch:
            return
        try:
            answers = await self._attempt(batch)
        except Exception as error:  # noqa: BLE001 (each caller gets its own error)
            if len(batch) > 1 and timed_out(error):
                for waiting in batch:
                    self._go_beside(waiting)
            elif len(batch) > 1 and (isinstance(error, _WorkFailsError) or not lost(error)):
                middle = len(batch) // 2
                await self._settle(batch[:middle])
                await self._settle(batch[middle:])
            elif len(batch) == 1 and self._is_worth_another_try(error, batch[0]):
                self._go_beside(batch[0])
            else:
                _fail(batch, error)
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                _answer(waiting, answer)

    def _go_beside(self, waiting: _Waiting[Item, Answer]) -> None:
        waiting.beside = True
        task = asyncio.create_task(self._try_beside(waiting), name=f"group-commit-{self._name}-beside")
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _is_worth_another_try(self, error: Exception, waiting: _Waiting[Item, Answer]) -> bool:
        if self._patience_s is not None and time.monotonic() - waiting.since > self._patience_s:
            return False
        return isinstance(error, _WorkFailsError) or collided(error)

    async def _try_beside(self, waiting: _Waiting[Item, Answer]) -> None:
        """Try one item again while the others go on; it fails with its last error."""
        try:
            for attempt, pause in enumerate(BESIDE_PAUSES_S, start=1):
                await asyncio.sleep(pause)
                try:
                    async with self._beside_turn:
                        [answer] = await self._attempt([waiting], waits_long=self._patience_s is None)
                except Exception as error:  # noqa: BLE001 (the caller gets it)
                    if attempt == len(BESIDE_PAUSES_S) or not self._is_worth_another_try(error, waiting):
                        _fail([waiting], error)
                        return
                else:
                    _answer(waiting, answer)
                    return
        finally:
            waiting.answer.cancel()

    async def _attempt(self, batch: list[_Waiting[Item, Answer]], *, waits_long: bool = False) -> Sequence[Answer | DomainError]:
        pause, collisions, suspicions, served = FIRST_PAUSE_S, 0, 0, 0
        while True:
            started = time.monotonic()
            try:
                with tracing.span(f"{self._name} batch", parents=[waiting.trace for waiting in batch]):
                    causes = [waiting.cause for waiting in batch if waiting.cause is not None]
                    is_short = not waits_long and started < self._short_locks_until
                    async with self._database.transaction(causes, lock_timeout_ms=SHORT_LOCK_MS if is_short else None) as tx:
                        answers = await self._work([waiting.item for waiting in batch], tx)
            except Exception as error:
                if timed_out(error):
                    self._short_locks_until = time.monotonic() + SHORT_LOCKS_S
                waited = time.monotonic() - batch[0].since
                collisions += collided(error)
                is_served = self._patience_s is not None or collided(error) or await self._database.takes_work()
                served = served + 1 if is_served else 0
                may_be_over = self._patience_s is None and served == 1 and misfit(error)  # the error is from before that look
                if (
                    timed_out(error)
                    or (is_served and not (may_be_over or lost(error) or collided(error)))
                    or collisions > COLLISIONS
                    or (self._patience_s is not None and (waited > self._patience_s or isinstance(error, CommitUnknownError)))
                ):
                    raise
                if self._patience_s is None and is_served and lost(error) and not used_up(error):
                    suspicions += 1
                    if suspicions > SUSPICIONS:
                        raise _WorkFailsError from error
                log.warning("a batch is tried again", lane=self._name, size=len(batch), waited_s=round(waited, 1), error=describe(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                BATCH_SIZE.labels(self._name).observe(len(batch))
                BATCH_SECONDS.labels(self._name).observe(time.monotonic() - started)
                return answers


def _answer(waiting: _Waiting[Item, Answer], answer: Answer | DomainError) -> None:
    if isinstance(answer, DomainError):
        _fail([waiting], answer)
    elif not waiting.answer.done():
        waiting.answer.set_result(answer)


def _fail(batch: Sequence[_Waiting[Item, Answer]], error: BaseException) -> None:
    cause = error.__cause__ if isinstance(error, _WorkFailsError) and error.__cause__ else error
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(cause)
