"""Questions between services are answered at once or not at all, and stored nowhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aio_pika
import pytest
from chassis.data.database import Database, ReadSession
from chassis.requests import questions as questions_module
from chassis.requests.questions import ON_EVERY_NODE, ON_ONE_NODE, Questions
from contracts.envelope import Envelope
from contracts.message import QUESTIONS, REPLIES, Message
from contracts.types import Whole, new_id
from pydantic import SecretStr
from servers import Postgres
from sqlalchemy import text
from testing import Serve, until
from toy import Settings, service

PATIENCE_S = 20.0


class CountLamps(Message, type="toy.count_lamps.v1", exchange=QUESTIONS):
    """How many lamps there are."""

    added: Whole = 0


class LampsCounted(Message, type="toy.lamps_counted.v1", exchange=REPLIES):
    """So many."""

    lamps: Whole


async def count(question: CountLamps, db: ReadSession, now: datetime) -> LampsCounted:
    """Count."""
    del now
    return LampsCounted(lamps=await db.scalar(text("SELECT count(*) FROM lamp")) + question.added)


async def fail(question: CountLamps, db: ReadSession, now: datetime) -> LampsCounted:
    """Fail on one question."""
    if question.added == 13:
        message = "unlucky"
        raise RuntimeError(message)
    return await count(question, db, now)


async def write(question: CountLamps, db: ReadSession, now: datetime) -> LampsCounted:
    """Try to write."""
    await db.rows(text("INSERT INTO lamp (id, name, position, version) VALUES (gen_random_uuid(), 'hall', 0, 1) RETURNING id"))
    return await count(question, db, now)


@pytest.fixture
async def questions(settings: Settings) -> AsyncIterator[Questions]:
    """Keep a connection for questions."""
    found = Questions(settings)
    task = asyncio.create_task(found.run())
    yield found
    task.cancel()
    await asyncio.wait([task])


async def test_a_question_is_answered_and_leaves_nothing_behind(
    settings: Settings, database: Database, serve: Serve, questions: Questions
) -> None:
    await serve(service(settings, answers={CountLamps: count}).app())
    answers = await asyncio.gather(*(_ask(questions, number) for number in range(50)))
    assert answers == list(range(50)), "each caller has its own answer"
    async with database.reading() as db:
        assert await db.scalar(text("SELECT count(*) FROM outbox")) == 0
        assert await db.scalar(text("SELECT count(*) FROM inbox")) == 0


async def test_nobody_to_answer_is_known_at_once(questions: Questions) -> None:
    assert await questions.request_answer(CountLamps(), LampsCounted, PATIENCE_S * 100) is None


async def test_a_question_that_nobody_answers_ends_with_patience_and_expires(settings: Settings, questions: Questions) -> None:
    connection = await aio_pika.connect(settings.broker_url.get_secret_value())
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("toy.questions", durable=True, arguments=ON_ONE_NODE)
        await queue.bind(await channel.declare_exchange(QUESTIONS, durable=True), CountLamps.type)
        assert await questions.request_answer(CountLamps(), LampsCounted, 0.2) is None

        async def is_empty() -> bool:
            return (await channel.declare_queue("toy.questions", passive=True)).declaration_result.message_count == 0

        await until(is_empty)


async def test_a_question_that_fails_does_not_keep_others_from_their_answer(settings: Settings, serve: Serve, questions: Questions) -> None:
    await serve(service(settings, answers={CountLamps: fail}).app())
    failed = asyncio.create_task(questions.request_answer(CountLamps(added=13), LampsCounted, 1.0))
    assert await _ask(questions, 1) == 1
    assert await failed is None


async def test_a_question_is_not_answered_into_another_queue(
    settings: Settings, serve: Serve, questions: Questions, capsys: pytest.CaptureFixture[str]
) -> None:
    await serve(service(settings, answers={CountLamps: count}).app())
    assert await _ask(questions, 1) == 1
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        channel = await connection.channel()
        other = await channel.declare_queue(exclusive=True)
        headers = Envelope(new_id(), CountLamps.type, "toy", datetime.now(UTC)).headers()
        foreign = aio_pika.Message(b"{}", headers=dict(headers), reply_to=other.name)
        await (await channel.get_exchange(QUESTIONS)).publish(foreign, CountLamps.type)

        async def is_refused() -> bool:
            return "direct reply-to" in capsys.readouterr().out

        await until(is_refused)
        assert await other.get(fail=False) is None


@pytest.mark.parametrize("forged", ["amq.rabbitmq.reply-to.junk", "amq.rabbitmq.reply-to.xxx.yyy"])
async def test_questions_with_forged_addresses_keep_nobody_from_an_answer(
    settings: Settings, serve: Serve, questions: Questions, forged: str
) -> None:
    client = await serve(service(settings, answers={CountLamps: count}).app())
    assert await _ask(questions, 1) == 1
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        exchange = await (await connection.channel()).get_exchange(QUESTIONS)
        headers = Envelope(new_id(), CountLamps.type, "toy", datetime.now(UTC)).headers()
        for number in range(20):
            for _ in range(10):
                await exchange.publish(aio_pika.Message(b"{}", headers=dict(headers), reply_to=forged), CountLamps.type)
            assert await _ask(questions, number) == number
            assert (await client.get("/readyz")).json()["checks"]["questions"] == "answers"


async def test_a_process_that_has_lost_its_database_leaves_the_questions_to_the_others(
    settings: Settings, mortal_postgres: Postgres, mortal_database_url: str, broker_url: str, serve: Serve, questions: Questions
) -> None:
    lame = Settings(database_url=SecretStr(mortal_database_url), broker_url=SecretStr(broker_url))
    lame_client = await serve(service(lame, answers={CountLamps: count}).app())

    async def answers_again() -> bool:
        return (await lame_client.get("/readyz")).json()["checks"]["questions"] == "answers"

    assert await _ask(questions, 1) == 1
    await serve(service(settings, answers={CountLamps: count}).app())
    with mortal_postgres.frozen():
        answers = [await questions.request_answer(CountLamps(added=number), LampsCounted, PATIENCE_S) for number in range(20)]
        assert answers == [LampsCounted(lamps=number) for number in range(20)], "also those that it had taken already"
    await until(answers_again)
    await asyncio.to_thread(mortal_postgres.stop)
    answers = [await questions.request_answer(CountLamps(added=number), LampsCounted, PATIENCE_S) for number in range(40)]
    assert answers == [LampsCounted(lamps=number) for number in range(40)], "also those that it had taken already"
    assert (await lame_client.get("/readyz")).json()["checks"]["questions"] != "answers"
    await asyncio.to_thread(mortal_postgres.start)

    await until(answers_again)


async def test_an_answer_cannot_write(settings: Settings, database: Database, serve: Serve, questions: Questions) -> None:
    await serve(service(settings, answers={CountLamps: write}).app())
    assert await questions.request_answer(CountLamps(), LampsCounted, 1.0) is None
    async with database.reading() as db:
        assert await db.scalar(text("SELECT count(*) FROM lamp")) == 0


async def test_questions_are_answered_again_after_their_exchange_was_deleted(
    settings: Settings, serve: Serve, questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions_module, "DECLARE_EVERY_S", 0.2)
    await serve(service(settings, answers={CountLamps: count}).app())
    assert await _ask(questions, 1) == 1
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        await (await connection.channel()).exchange_delete(QUESTIONS)
    assert await _ask(questions, 2) == 2


async def test_a_service_is_unready_while_it_does_not_consume_its_questions(settings: Settings, serve: Serve) -> None:
    client = await serve(service(settings, answers={CountLamps: count}).app())

    async def readiness(status: int) -> dict[str, str] | None:
        answer = await client.get("/readyz")
        return answer.json()["checks"] if answer.status_code == status else None

    assert (await until(lambda: readiness(200)))["questions"] == "answers"
    queue = f"{settings.service}.questions"
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        channel = await connection.channel()
        await channel.queue_delete(queue)
        await channel.declare_queue(queue, durable=True)  # with other arguments: the service cannot declare it
        assert queue in (await until(lambda: readiness(503)))["questions"]
        await channel.queue_delete(queue)
        assert (await until(lambda: readiness(200)))["questions"] == "answers"


async def test_a_service_waits_for_its_questions_in_a_queue_that_every_node_of_the_broker_has(settings: Settings, serve: Serve) -> None:
    await serve(service(settings, answers={CountLamps: count}).app())
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        await (await connection.channel()).declare_queue("toy.questions", durable=True, arguments=ON_EVERY_NODE)  # refused, were it another


async def test_a_queue_of_questions_that_one_node_of_the_broker_has_is_used_as_it_is(
    settings: Settings, serve: Serve, questions: Questions
) -> None:
    async with await aio_pika.connect(settings.broker_url.get_secret_value()) as connection:
        await (await connection.channel()).declare_queue("toy.questions", durable=True, arguments=ON_ONE_NODE)
    await serve(service(settings, answers={CountLamps: count}).app())
    assert await _ask(questions, 4) == 4


async def _ask(questions: Questions, number: int) -> int:
    """Ask until the service takes questions."""

    async def answered() -> LampsCounted | None:
        return await questions.request_answer(CountLamps(added=number), LampsCounted, PATIENCE_S)

    return (await until(answered)).lamps
