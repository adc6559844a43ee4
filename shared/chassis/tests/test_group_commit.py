"""One transaction serves many, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import pytest
from chassis.data import group_commit as group_commit_module
from chassis.data import idempotency
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.data.idempotency import Key
from chassis.driver import connections
from chassis.errors import DomainError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from testing import until
from toy import Settings, light
from watching import names


class BatchQueue:
    """A batch queue that lights lamps and remembers its batches."""

    def __init__(self, database: Database) -> None:
        """Begin without batches."""
        self.batches: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.commits: GroupCommit[str, str] = GroupCommit("lamps", database, self._light, patience_s=5)

    async def _light(self, items: Sequence[str], tx: Transaction) -> Sequence[str]:
        self.batches.append(len(items))
        await self.gate.wait()
        return [(await light(name, 0, tx)).name.upper() for name in items]


@pytest.fixture
def queue(database: Database) -> BatchQueue:
    return BatchQueue(database)


async def test_those_who_wait_go_together_and_each_gets_its_own_answer(queue: BatchQueue) -> None:
    answers = await asyncio.gather(*(queue.commits.submit(f"lamp {position}") for position in range(150)))
    assert answers == [f"LAMP {position}" for position in range(150)]
    assert len(queue.batches) <= 3


async def test_after_a_crowded_batch_the_next_waits_for_as_many_and_no_longer(queue: BatchQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit_module, "PAUSE_S", 3600.0)
    many = group_commit_module.CROWDED_FROM
    queue.gate.clear()
    first = [asyncio.create_task(queue.commits.submit(f"first {position}")) for position in range(many)]
    await until(lambda: entered(queue, 1))
    queue.gate.set()
    await asyncio.gather(*first)
    some = [asyncio.create_task(queue.commits.submit(f"some {position}")) for position in range(many - 1)]
    await asyncio.sleep(0)
    assert queue.batches == [many]
    await asyncio.gather(*some, queue.commits.submit("the last"))
    assert queue.batches == [many, many]


async def test_after_a_crowded_batch_a_single_caller_is_answered_when_the_pause_is_over(queue: BatchQueue) -> None:
    await asyncio.gather(*(queue.commits.submit(f"first {position}") for position in range(group_commit_module.CROWDED_FROM)))
    assert await queue.commits.submit("alone") == "ALONE"


async def test_items_that_have_time_wait_for_one_that_has_none_and_go_with_it_in_their_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit_module, "PAUSE_S", 3600.0)
    batches: list[list[str]] = []

    async def work(items: Sequence[str], _: Transaction) -> Sequence[None]:
        batches.append(list(items))
        return [None] * len(items)

    queue: GroupCommit[str, None] = GroupCommit("lamps", database, work, patience_s=None)
    later = [asyncio.create_task(queue.submit(f"later {position}", has_time=True)) for position in range(3)]
    await asyncio.sleep(0)
    await queue.submit("now")
    await asyncio.gather(*later)
    assert batches == [["later 0", "later 1", "later 2", "now"]]
    await asyncio.gather(*(queue.submit(f"one of {position}", has_time=True) for position in range(group_commit_module.COMPANY)))
    assert [len(batch) for batch in batches[1:]] == [group_commit_module.COMPANY]


async def test_an_item_that_has_time_is_done_alone_when_the_pause_is_over(queue: BatchQueue) -> None:
    assert await queue.commits.submit("alone", has_time=True) == "ALONE"


async def test_each_gets_its_own_error(queue: BatchQueue, database: Database) -> None:
    requests = ["hall", "dark", "stairs", "broken", "cellar"]
    answers = await asyncio.gather(*(queue.commits.submit(request) for request in requests), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, str)] == ["HALL", "STAIRS", "CELLAR"]
    assert isinstance(answers[1], DomainError)
    assert isinstance(answers[3], Exception)
    assert sorted(await names(database)) == ["cellar", "hall", "stairs"]


async def test_a_caller_who_leaves_breaks_nothing(queue: BatchQueue, database: Database) -> None:
    queue.gate.clear()
    callers = [asyncio.create_task(queue.commits.submit(f"lamp {position}")) for position in range(10)]
    await until(lambda: entered(queue, 1))
    late = [asyncio.create_task(queue.commits.submit(f"late {position}")) for position in range(3)]
    await asyncio.sleep(0)
    callers[0].cancel()
    late[1].cancel()
    queue.gate.set()
    answers = await asyncio.gather(*callers, *late, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [answer for answer in answers if isinstance(answer, str)] == [f"LAMP {n}" for n in range(1, 10)] + ["LATE 0", "LATE 2"]
    assert "late 1" not in await names(database)


class LockTimeoutError(Exception):
    """As PostgreSQL's driver reports a lock that was not free in time."""

    sqlstate = "55P03"


async def test_a_queue_that_stops_ends_also_what_went_beside_the_others_meanwhile(database: Database) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def work(items: Sequence[str], tx: Transaction) -> Sequence[None]:
        del items, tx
        entered.set()
        await leave.wait()
        statement = "work"
        raise DBAPIError(statement, None, LockTimeoutError())

    queue: GroupCommit[str, None] = GroupCommit("lamps", database, work, patience_s=None)
    caller = asyncio.create_task(queue.submit("hall"))
    await entered.wait()
    before = asyncio.all_tasks()
    stopping = asyncio.create_task(queue.stop(grace_s=0.2))
    await asyncio.sleep(0)
    leave.set()
    await stopping
    await asyncio.wait([caller])
    assert caller.cancelled()
    assert asyncio.all_tasks() <= before


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
    async with asyncio.timeout(60):
        await asyncio.gather(one.submit(("first", "second")), other.submit(("second", "first")))
    assert len(tries) == 3
    async with database.reading() as db:
        assert await db.scalar(text("SELECT sum(position) FROM lamp")) == 4


async def test_a_locked_row_delays_the_others_by_one_time_out(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_MS", 200)
    async with database.transaction() as tx:
        await light("locked", 0, tx)
    attempts: list[list[str]] = []

    async def work(items: Sequence[str], tx: Transaction) -> Sequence[str]:
        attempts.append(list(items))
        for name in items:
            await tx.execute(text("UPDATE lamp SET position = position + 1 WHERE name = :name"), {"name": name})
        return items

    queue = GroupCommit[str, str]("locks", hasty := Database(settings), work, patience_s=None)
    async with database.transaction() as operator:
        await operator.execute(text("UPDATE lamp SET position = 7 WHERE name = 'locked'"))
        locked = asyncio.create_task(queue.submit("locked"))
        others = [asyncio.create_task(queue.submit(f"lamp {position}")) for position in range(15)]
        await until(lambda: begun(attempts))
        behind = asyncio.create_task(queue.submit("behind"))
        assert await asyncio.gather(*others, behind) == [*(f"lamp {position}" for position in range(15)), "behind"]
        assert not locked.done()
        tried_in_the_lane = [batch for batch in attempts if "locked" in batch and len(batch) > 1]
        assert len(tried_in_the_lane) == 1
        assert queue.age_s() == 0, "what is tried beside the others keeps none from its turn"
    assert await locked == "locked"
    await hasty.close()


async def test_while_a_row_is_locked_further_items_for_it_delay_the_others_only_shortly(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_MS", 400)
    monkeypatch.setattr(group_commit_module, "SHORT_LOCK_MS", 50)
    async with database.transaction() as tx:
        await light("locked", 0, tx)
    waits: list[str] = []

    async def work(items: Sequence[str], tx: Transaction) -> Sequence[str]:
        if len(items) > 1:
            waits.append(str(await tx.scalar(text("SELECT current_setting('lock_timeout')"))))
        for name in items:
            await tx.execute(text("UPDATE lamp SET position = position + 1 WHERE name = :name"), {"name": name})
        return items

    queue = GroupCommit[str, str]("locks", hasty := Database(settings), work, patience_s=5)
    async with database.transaction() as operator:
        await operator.execute(text("UPDATE lamp SET position = 7 WHERE name = 'locked'"))
        for _ in range(3):
            locked = asyncio.gather(*(queue.submit("locked") for _ in range(2)), return_exceptions=True)
            await asyncio.gather(*(queue.submit(f"lamp {position}") for position in range(3)))
    await locked
    assert waits[0] == "400ms"
    assert set(waits[1:]) == {"50ms"}
    await hasty.close()


async def begun(attempts: list[list[str]]) -> bool:
    return bool(attempts)


@dataclass(frozen=True, slots=True)
class Wish:
    name: str
    key: Key | None


class OnceLane:
    """A batch queue that lights a lamp once for each key; a dark lamp is refused."""

    def __init__(self, database: Database) -> None:
        """Begin without batches."""
        self.batches: list[int] = []
        self.commits: GroupCommit[Wish, str] = GroupCommit("keys", database, self._work, patience_s=5)
        self._scope = str(uuid4())

    async def ask(self, name: str, key: str | None = None, body: bytes = b"body") -> str:
        return await self.commits.submit(Wish(name, None if key is None else Key(self._scope, key, body)))

    async def _work(self, items: Sequence[Wish], tx: Transaction) -> Sequence[str | DomainError]:
        self.batches.append(len(items))

        async def light_each(requests: Sequence[Wish]) -> list[str]:
            return [request.name if request.name == "dark" else str((await light(request.name, 0, tx)).id) for request in requests]

        return await idempotency.once(
            tx,
            items,
            light_each,
            kept=lambda answer: None if answer == "dark" else answer,
            repeat=lambda _, answer: f"again {answer}",
        )


async def test_equal_keys_in_one_batch_are_one(database: Database) -> None:
    queue = OnceLane(database)
    answers = await asyncio.gather(*(queue.ask(name, name) for name in ("hall", "stairs", "hall", "cellar", "hall")))
    assert answers[2] == answers[4] == f"again {answers[0]}"
    assert len(set(answers)) == 4
    assert sorted(await names(database)) == ["cellar", "hall", "stairs"]
    assert queue.batches == [5]
    assert await queue.ask("hall", "hall") == answers[2]


async def test_equal_keys_that_are_refused_get_the_same_refusal_and_stay_free(database: Database) -> None:
    queue = OnceLane(database)
    assert await asyncio.gather(*(queue.ask("dark", "one") for _ in range(3))) == ["dark"] * 3
    assert (await queue.ask("hall", "one", b"another body")) != "dark"
    assert await names(database) == ["hall"]


async def test_a_reused_key_is_refused_to_its_caller_alone_and_takes_no_batch_apart(database: Database) -> None:
    queue = OnceLane(database)
    await queue.ask("hall", "hall")
    requests = [queue.ask(f"lamp {position}") for position in range(100)]
    reused = [queue.ask("stairs", "hall", b"another body"), queue.ask("attic", "new", b"one"), queue.ask("attic", "new", b"two")]
    answers = await asyncio.gather(*requests[:50], *reused, *requests[50:], return_exceptions=True)
    refused = [position for position, answer in enumerate(answers) if isinstance(answer, DomainError)]
    assert refused == [50, 52]
    assert {answer.slug for answer in answers if isinstance(answer, DomainError)} == {"idempotency-key-reused"}
    assert len(await names(database)) == 102
    assert queue.batches == [1, 103]


async def test_one_guilty_item_of_many_costs_few_transactions(queue: BatchQueue, database: Database) -> None:
    requests = [f"lamp {position}" for position in range(100)]
    requests[37] = "broken"
    answers = await asyncio.gather(*(queue.commits.submit(request) for request in requests), return_exceptions=True)
    assert [position for position, answer in enumerate(answers) if isinstance(answer, Exception)] == [37]
    assert len(await names(database)) == 99
    assert len(queue.batches) <= 16


async def test_a_queue_that_is_stopped_lets_nobody_wait(queue: BatchQueue) -> None:
    queue.gate.clear()
    callers = [asyncio.create_task(queue.commits.submit(f"lamp {position}")) for position in range(3)]
    await until(lambda: entered(queue, 1))
    late = asyncio.create_task(queue.commits.submit("late"))
    await asyncio.sleep(0)
    await queue.commits.stop(grace_s=0)
    answers = await asyncio.gather(*callers, late, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)


async def entered(queue: BatchQueue, batches: int) -> bool:
    await asyncio.sleep(0)
    return len(queue.batches) >= batches
