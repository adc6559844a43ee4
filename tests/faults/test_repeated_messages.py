"""Every message may arrive again, late and in any order: nothing changes and nothing is published twice."""

import random
from typing import Any

import aio_pika
from contracts.types import new_id
from support.clinic import Clinic, Json, at, succeeded
from support.listener import COMMANDS, EVENTS, PREFIX, Received, listening, publish, replaying
from support.platform import Platform
from support.stream import Stream
from support.truth import everything, metric, nothing_contradicts, settled
from testing.waiting import until

BOOKINGS = 40
PER_SECOND = 40
DONE_S = 300.0
TOUCHED = ("updated_at", "ask_again_at")
"""Columns that only state when somebody looked last."""


async def test_repeated_and_reordered_messages_change_nothing(hurt: Platform, clinic: Clinic) -> None:
    amqp = hurt.rabbitmq.admin_url
    async with listening(amqp, EVENTS, COMMANDS) as listener:
        await live(clinic)
        await settled(hurt)
        commands = [received for received in listener.messages if received.exchange == COMMANDS]
        last = max(received.headers[f"{PREFIX}id"] for received in listener.messages if received.exchange == EVENTS)
    async with replaying(amqp) as log:
        await log.until(lambda received: last in {message.headers[f"{PREFIX}id"] for message in received.messages})
        events = list(log.messages)

    before = await everything(hurt)
    await say_again(hurt, [*commands, *events], as_new=False)
    assert await everything(hurt) == before, "the same messages, delivered again"

    before = await everything(hurt, but=TOUCHED)
    async with listening(amqp) as listener:
        await say_again(hurt, [*commands, *events], as_new=True)
        await settled(hurt)
        assert await everything(hurt, but=TOUCHED) == before, "the same words, said again"
        heard_twice = {received.type for received in listener.messages if received.type.startswith(("scheduling.", "billing."))}
        assert heard_twice == set(), "nobody is told the same fact twice"
    await nothing_contradicts(hurt)


async def live(clinic: Clinic) -> None:
    """Let all kinds of things happen."""
    await (await Stream.open(clinic, people=20)).run(BOOKINGS, PER_SECOND)
    session = await clinic.booked()
    moved = succeeded(await clinic.step(session, "reschedule", starts_at=at(8, 12)))
    succeeded(await clinic.step(moved, "cancel", reason="ill"))
    missed = await clinic.booked(starts_at=at(-4), backdated=True)
    succeeded(await clinic.step(missed, "no-show"))
    [rival] = await clinic.pairs(1)
    taken = await clinic.booked(**rival, starts_at=at(9))
    offered = await clinic.book(starts_at=at(9), room_id=taken["room_id"])
    succeeded(await clinic.step(offered, "accept", alternative_id=offered["alternatives"][0]["id"]))


async def say_again(hurt: Platform, messages: list[Received], *, as_new: bool) -> None:
    """Put every message into the inboxes that are bound to it once more, shuffled, and wait until all are dealt with."""
    random.Random(11).shuffle(messages)
    for inbox, some in (await for_each_inbox(hurt, messages, as_new=as_new)).items():
        service = inbox.removesuffix(".inbox")
        counted = await metric(hurt, service, "holdfast_received_messages_total")
        await publish(hurt.rabbitmq.admin_url, inbox, some)

        async def dealt_with(service: str = service, expected: float = counted + len(some)) -> bool:
            return await metric(hurt, service, "holdfast_received_messages_total") >= expected

        await until(dealt_with, DONE_S)


async def for_each_inbox(hurt: Platform, messages: list[Received], *, as_new: bool) -> dict[str, list[aio_pika.Message]]:
    bindings: Any = hurt.rabbitmq.manage("GET", "bindings/%2F")
    bound: list[Json] = [binding for binding in bindings if binding["destination"].endswith(".inbox") and binding["source"]]
    return {
        inbox: [
            received.again(id=str(new_id())) if as_new else received.again()
            for received in messages
            if any((b["destination"], b["routing_key"]) == (inbox, received.type) for b in bound)
        ]
        for inbox in sorted({binding["destination"] for binding in bound})
    }
