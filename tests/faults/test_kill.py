"""Whatever is killed or frozen in the middle of bookings: when it is back, every booking is decided and nothing is lost or doubled."""

import asyncio

import pytest
from support.clinic import Clinic, at, overlaps
from support.platform import Platform
from support.stream import Stream
from support.truth import nothing_contradicts, rows, settled
from testing.waiting import until

BOOKINGS = 150
PER_SECOND = 20
KILL_AFTER = 40
"""Bookings requested before the kill."""
FROZEN_FOR = 240
"""Bookings requested while something stands still: for longer than a statement or an answer is waited for."""


@pytest.mark.parametrize("victim", ["scheduling", "rooms", "billing", "catalog", "rabbitmq", "postgres"])
async def test_no_booking_is_lost_or_doubled_when_something_is_killed(hurt: Platform, clinic: Clinic, victim: str) -> None:
    stream = await Stream.open(clinic)

    async def kill_and_start() -> None:
        await until(lambda: asked(stream, KILL_AFTER))
        await hurt.kill(victim)
        await until(lambda: asked(stream, KILL_AFTER + PER_SECOND))
        await hurt.start(victim)

    async with asyncio.TaskGroup() as group:
        group.create_task(stream.run(BOOKINGS, PER_SECOND))
        group.create_task(kill_and_start())

    await every_booking_is_decided(hurt, clinic, stream, BOOKINGS)


@pytest.mark.parametrize("victim", ["billing", "postgres"])
async def test_no_booking_is_lost_or_doubled_when_something_stands_still_for_longer_than_others_wait(
    hurt: Platform, clinic: Clinic, victim: str
) -> None:
    stream = await Stream.open(clinic)

    async def freeze() -> None:
        await until(lambda: asked(stream, KILL_AFTER))
        async with hurt.frozen(victim):
            await until(lambda: asked(stream, KILL_AFTER + FROZEN_FOR), within=180)

    async with asyncio.TaskGroup() as group:
        group.create_task(stream.run(BOOKINGS + FROZEN_FOR, PER_SECOND))
        group.create_task(freeze())

    await hurt.until_ready()
    await every_booking_is_decided(hurt, clinic, stream, BOOKINGS + FROZEN_FOR)


async def every_booking_is_decided(hurt: Platform, clinic: Clinic, stream: Stream, count: int) -> None:
    assert len(stream.accepted) + len(stream.refused) == count
    assert len(stream.accepted) > BOOKINGS / 3
    assert {problem["status"] for problem in stream.refused} <= {409}, stream.refused
    await settled(hurt)
    for session in stream.accepted:
        await clinic.becomes(session, "booked", "offered", "rejected", "completed", within=1)
    written = await rows(hurt, "scheduling", "SELECT id::text FROM session WHERE site_id = $1", clinic.site["id"])
    assert {key for (key,) in written} == {session["id"] for session in (*clinic.flowing, *stream.accepted)}, "one session per booking"
    await nothing_contradicts(hurt)
    for first in (-3, 8):
        calendar = await clinic.calendar(at(first), days=2)
        assert [pair for entries in calendar.values() for pair in overlaps(entries)] == []


async def asked(stream: Stream, count: int) -> bool:
    return stream.asked >= count
