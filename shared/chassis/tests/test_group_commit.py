"""One transaction serves many, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from chassis import idempotency
from chassis.database import Database, Transaction
from chassis.group_commit import GroupCommit
from chassis.idempotency import Key
from chassis.problems import Problem
from sqlalchemy import text
from support import until
from toy import light
from watching import names


class Lane:
    """A lane that lights lamps and remembers its batches."""

    def __init__(self, database: Database) -> None:
        """Begin without batches."""
        self.batches: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.lane: GroupCommit[str, str] = GroupCommit("lamps", database, self._light, patience_s=5)

    async def _light(self, items: Sequence[str], tx: Transaction) -> Sequence[str]:
        self.batches.append(len(items))
        await self.gate.wait()
        return [(await light(name, 0, tx)).name.upper() for name in items]


@pytest.fixture
def lane(database: Database) -> Lane:
    return Lane(database)


async def test_those_who_wait_go_together_and_each_gets_its_own_answer(lane: Lane) -> None:
    answers = await asyncio.gather(*(lane.lane.submit(f"lamp {position}") for position in range(150)))
    assert answers == [f"LAMP {position}" for position in range(150)]
    assert len(lane.batches) <= 3


async def test_each_gets_its_own_error(lane: Lane, database: Database) -> None:
    wishes = ["hall", "dark", "stairs", "broken", "cellar"]
    answers = await asyncio.gather(*(lane.lane.submit(wish) for wish in wishes), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, str)] == ["HALL", "STAIRS", "CELLAR"]
    assert isinstance(answers[1], Problem)
    assert isinstance(answers[3], Exception)
    assert sorted(await names(database)) == ["cellar", "hall", "stairs"]


async def test_a_caller_who_leaves_breaks_nothing(lane: Lane, database: Database) -> None:
    lane.gate.clear()
    callers = [asyncio.create_task(lane.lane.submit(f"lamp {position}")) for position in range(10)]
    await until(lambda: entered(lane, 1))
    late = [asyncio.create_task(lane.lane.submit(f"late {position}")) for position in range(3)]
    await asyncio.sleep(0)
    callers[0].cancel()
    late[1].cancel()
    lane.gate.set()
    answers = await asyncio.gather(*callers, *late, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [answer for answer in answers if isinstance(answer, str)] == [f"LAMP {n}" for n in range(1, 10)] + ["LATE 0", "LATE 2"]
    assert "late 1" not in await names(database)


async def test_two_who_step_on_each_other_both_finish(database: Database) -> None:
    async with database.transaction() as tx:
        await light("first", 0, tx)
        await light("second", 0, tx)
    met = asyncio.Barrier(2)
    tries: list[str] = []

    async def work(items: Sequence[tuple[str, str]], tx: Transaction) -> Sequence[None]:
        for here, there in items:
            tries.append(here)
            await tx.execute(text("UPDATE lamp SET position = position + 1 WHERE name = :name"), {"name": here})
            if len(tries) <= 2:
                await met.wait()
            await tx.execute(text("UPDATE lamp SET position = position + 1 WHERE name = :name"), {"name": there})
        return [None] * len(items)

    one = GroupCommit[tuple[str, str], None]("one", database, work, patience_s=None)
    other = GroupCommit[tuple[str, str], None]("other", database, work, patience_s=None)
    async with asyncio.timeout(20):
        await asyncio.gather(one.submit(("first", "second")), other.submit(("second", "first")))
    assert len(tries) == 3
    async with database.reading() as db:
        assert await db.scalar(text("SELECT sum(position) FROM lamp")) == 4


async def test_keys_work_in_batches(database: Database) -> None:
    async def work(items: Sequence[Key], tx: Transaction) -> Sequence[str]:
        known = await idempotency.claim(tx, items)
        answers = {key: str(before) if before else (await light(key.key, 0, tx)).name for key, before in zip(items, known, strict=True)}
        await idempotency.remember(tx, {key: answers[key] for key, before in zip(items, known, strict=True) if before is None})
        return [answers[key] for key in items]

    lane = GroupCommit[Key, str]("keys", database, work, patience_s=5)
    scope = str(uuid4())
    keys = [Key(scope, name, b"body") for name in ("hall", "stairs", "hall", "cellar")]
    assert await asyncio.gather(*(lane.submit(key) for key in keys)) == ["hall", "stairs", "hall", "cellar"]
    assert sorted(await names(database)) == ["cellar", "hall", "stairs"]
    answers = await asyncio.gather(
        lane.submit(Key(scope, "hall", b"body")),
        lane.submit(Key(scope, "stairs", b"another body")),
        lane.submit(Key(scope, "attic", b"body")),
        return_exceptions=True,
    )
    assert answers[0] == "hall"
    assert isinstance(answers[1], Problem)
    assert answers[1].slug == "idempotency-key-reused"
    assert answers[2] == "attic"


async def test_a_lane_that_is_stopped_lets_nobody_wait(lane: Lane) -> None:
    lane.gate.clear()
    callers = [asyncio.create_task(lane.lane.submit(f"lamp {position}")) for position in range(3)]
    await until(lambda: entered(lane, 1))
    late = asyncio.create_task(lane.lane.submit("late"))
    await asyncio.sleep(0)
    await lane.lane.stop(grace_s=0)
    answers = await asyncio.gather(*callers, late, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)


async def entered(lane: Lane, batches: int) -> bool:
    await asyncio.sleep(0)
    return len(lane.batches) >= batches
