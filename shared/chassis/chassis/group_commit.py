"""One transaction serves many: whatever waits when the last one finished goes together.

Each caller gets its own answer or its own error. An error that is the batch's alone (a deadlock, a lost database)
repeats the batch; any other makes each item run alone, so that only the guilty one fails.
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

from chassis import tracing
from chassis.database import CommitUnknownError, Database, Transaction, collided, lost
from chassis.logs import describe
from chassis.metrics import BATCH_SECONDS, BATCH_SIZE

LIMIT: Final = 200
"""Items in one transaction at most."""
COLLISIONS: Final = 5
"""A batch that collides with others this often is taken apart."""
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 2.0

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Work = Callable[[Sequence[Item], Transaction], Awaitable[Sequence[Answer]]]

log = structlog.get_logger()


@dataclass(slots=True)
class _Waiting(Generic[Item, Answer]):
    item: Item
    answer: "asyncio.Future[Answer]"
    alone: bool
    cause: UUID | None
    trace: str | None
    since: float = field(default_factory=time.monotonic)


class GroupCommit(Generic[Item, Answer]):
    """A lane in which one transaction at a time does the work of all who wait."""

    def __init__(self, name: str, database: Database, work: Work[Item, Answer], *, patience_s: float | None) -> None:
        """Do ``work`` in batches; give up on a lost database after ``patience_s``.

        None means never, not even when nobody knows whether a commit happened: for work that is harmless to repeat.
        """
        self._name = name
        self._database = database
        self._work = work
        self._patience_s = patience_s
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, item: Item, *, alone: bool = False, cause: UUID | None = None, trace: str | None = None) -> Answer:
        """Have the item done with whatever else waits; return its answer once it is committed."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, answer, alone, cause, trace or tracing.current()))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run(), name=f"group-commit-{self._name}")
        return await answer

    async def stop(self, grace_s: float) -> None:
        """Finish what waits within ``grace_s``; the callers of what is left are cancelled."""
        if self._runner is None:
            return
        await asyncio.wait([self._runner], timeout=grace_s)
        self._runner.cancel()
        with suppress(asyncio.CancelledError):
            await self._runner
        for waiting in self._waiting:
            waiting.answer.cancel()

    async def _run(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                await self._settle(batch)
            finally:  # cancelled: nobody may wait for ever
                for waiting in batch:
                    waiting.answer.cancel()

    def _next_batch(self) -> list[_Waiting[Item, Answer]]:
        batch = [self._waiting.popleft()]
        while not batch[0].alone and self._waiting and not self._waiting[0].alone and len(batch) < LIMIT:
            batch.append(self._waiting.popleft())
        return [waiting for waiting in batch if not waiting.answer.cancelled()]

    async def _settle(self, batch: list[_Waiting[Item, Answer]]) -> None:
        if not batch:
            return
        try:
            answers = await self._attempt(batch)
        except Exception as error:  # noqa: BLE001 (each caller gets its own error)
            if len(batch) > 1 and not lost(error):
                for waiting in batch:
                    await self._settle([waiting])
                return
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _attempt(self, batch: list[_Waiting[Item, Answer]]) -> Sequence[Answer]:
        pause, collisions = FIRST_PAUSE_S, 0
        while True:
            started = time.monotonic()
            try:
                with tracing.span(f"{self._name} batch", parents=[waiting.trace for waiting in batch]):
                    causes = [waiting.cause for waiting in batch if waiting.cause is not None]
                    async with self._database.transaction(causes) as tx:
                        answers = await self._work([waiting.item for waiting in batch], tx)
            except Exception as error:
                waited = time.monotonic() - batch[0].since
                collisions += collided(error)
                too_often = collisions > COLLISIONS and len(batch) > 1
                if too_often or not (lost(error) or collided(error)) or self._out_of_patience(error, waited):
                    raise
                log.warning("a batch is tried again", lane=self._name, size=len(batch), waited_s=round(waited, 1), error=describe(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                BATCH_SIZE.labels(self._name).observe(len(batch))
                BATCH_SECONDS.labels(self._name).observe(time.monotonic() - started)
                return answers

    def _out_of_patience(self, error: Exception, waited_s: float) -> bool:
        return self._patience_s is not None and (waited_s > self._patience_s or isinstance(error, CommitUnknownError))
