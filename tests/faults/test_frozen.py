"""A service that stands still for longer than others wait: what was announced stays."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import aio_pika
from contracts.envelope import Envelope
from contracts.rooms import ConfirmHolds, HoldRequest, RequestHolds
from contracts.scheduling import SessionBooked
from contracts.types import HoldId, new_id
from pydantic_core import to_json
from support.clinic import Clinic, Json, at
from support.listener import listening, publish
from support.platform import Platform
from support.truth import nothing_contradicts, rows, settled
from testing.waiting import until

HOLD_TIME: Final = timedelta(seconds=1)
SHORT: Final = {"HOLDFAST_HOLD_SECONDS": str(HOLD_TIME.total_seconds()), "HOLDFAST_EXPIRY_CHECK_SECONDS": "0.1"}
PAST_ITS_END: Final = """
    SELECT id::text, room_id::text, session_id::text FROM hold
    WHERE site_id = $1 AND session_id = ANY($2::uuid[]) AND created_at < now() - $3::interval ORDER BY session_id
"""
WAITING: Final = "SELECT 1 FROM outbox LIMIT 1"
HOLDS: Final = "SELECT id::text FROM hold WHERE session_id = ANY($1::uuid[])"
STAY_BEHIND: Final = f"""
    CREATE FUNCTION stay_behind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.type = '{ConfirmHolds.type}' THEN NEW.parked_until := now() + interval '1 hour'; END IF;
        RETURN NEW;
    END $$
"""
ON_EACH: Final = "CREATE TRIGGER stay_behind BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION stay_behind()"
DECIDED: Final = "SELECT status FROM hold WHERE id = ANY($1::uuid[])"


async def test_an_announced_session_keeps_its_room_when_scheduling_is_frozen_past_the_end_of_its_hold(
    hurt: Platform, clinic: Clinic
) -> None:
    pairs = await clinic.pairs(6)
    async with hurt.with_settings("rooms", **SHORT), listening(hurt.rabbitmq.admin_url) as listener:
        async with AsyncExitStack() as thawing:
            async with hurt.frozen("rooms"):
                sessions = [(await clinic.ask(wait=0, starts_at=at(9, 8 + 2 * hour), **pair)).json() for hour, pair in enumerate(pairs)]
                await until(lambda: relayed(hurt))
                await thawing.enter_async_context(hurt.frozen("scheduling"))
            held = await until(lambda: held_too_long(hurt, clinic, sessions), 60)
            blocked = [await block(clinic, room, session) for room, session in held[:3]]
            rivals = [rival(room, session) for room, session in held[3:]]
            await request(hurt, rivals)
            decided = await until(lambda: decisions(hurt, [each.hold_id for each in rivals]), 60)
        await settled(hurt)
        assert (blocked, decided) == ([409] * 3, ["refused"] * 3)
        for room, session in held:
            seen = await clinic.becomes(session, "booked")
            assert (seen["room_id"], "room lost" in await clinic.timeline(session)) == (room, False)
        booked = [received.data["session_id"] for received in listener.messages if received.type == SessionBooked.type]
        assert sorted(booked) == sorted(session["id"] for session in sessions)
    await nothing_contradicts(hurt)


async def test_an_announced_session_keeps_its_room_when_scheduling_is_frozen_before_its_confirmation_leaves(
    hurt: Platform, clinic: Clinic
) -> None:
    async with hurt.with_settings("rooms", **SHORT):
        async with confirmations_stay_behind(hurt):
            sessions = [await clinic.booked(starts_at=at(9, hour)) for hour in (9, 11)]
            async with hurt.frozen("scheduling"):
                held = await until(lambda: held_too_long(hurt, clinic, sessions), 60)
                assert await decisions(hurt, await holds_of(hurt, sessions)) == ["held"] * 2, "announced, but not confirmed"
                blocked = await block(clinic, *held[0])
                rivals = [rival(*held[1])]
                await request(hurt, rivals)
                decided = await until(lambda: decisions(hurt, [each.hold_id for each in rivals]), 60)
        await settled(hurt)
        assert (blocked, decided) == (409, ["refused"])
        for room, session in held:
            seen = await clinic.session(session)
            assert (seen["status"], seen["room_id"], "room lost" in await clinic.timeline(session)) == ("booked", room, False)
    await nothing_contradicts(hurt)


@asynccontextmanager
async def confirmations_stay_behind(hurt: Platform) -> AsyncIterator[None]:
    """Let what scheduling announces go out, and keep its confirmations in its outbox, as if it were frozen between the two."""
    await rows(hurt, "scheduling", STAY_BEHIND)
    await rows(hurt, "scheduling", ON_EACH)
    try:
        yield
    finally:
        await rows(hurt, "scheduling", "DROP FUNCTION stay_behind() CASCADE")
        await rows(hurt, "scheduling", "UPDATE outbox SET parked_until = now() WHERE parked_until IS NOT NULL")


async def holds_of(hurt: Platform, sessions: list[Json]) -> list[str]:
    return [key for (key,) in await rows(hurt, "rooms", HOLDS, [session["id"] for session in sessions])]


async def relayed(hurt: Platform) -> bool:
    return not await rows(hurt, "scheduling", WAITING)


async def held_too_long(hurt: Platform, clinic: Clinic, sessions: list[Json]) -> list[tuple[str, Json]]:
    """Return the rooms of these sessions once the time of all their holds is over."""
    found = await rows(hurt, "rooms", PAST_ITS_END, clinic.site["id"], [session["id"] for session in sessions], 2 * HOLD_TIME)
    rooms = {session_id: room_id for _, room_id, session_id in found}
    return [(rooms[session["id"]], session) for session in sessions] if len(rooms) == len(sessions) else []


async def block(clinic: Clinic, room_id: str, session: Json) -> int:
    body = {"starts_at": session["starts_at"], "ends_at": session["ends_at"], "reason": "paint"}
    return (await clinic.http.post(f"/api/rooms/rooms/{room_id}/blocks", json=body)).status_code


def rival(room_id: str, session: Json) -> HoldRequest:
    times = {"starts_at": session["starts_at"], "ends_at": session["ends_at"], "not_after": session["starts_at"]}
    ids = {"hold_id": new_id(), "session_id": new_id(), "site_id": session["site_id"], "room_id": room_id}
    return HoldRequest.model_validate_json(to_json(ids | times))


async def request(hurt: Platform, rivals: list[HoldRequest]) -> None:
    """Ask rooms as another scheduling would."""
    about = Envelope(new_id(), RequestHolds.type, "/holdfast/scheduling", datetime.now(UTC))
    body = RequestHolds(requests=tuple(rivals)).model_dump_json().encode()
    message = aio_pika.Message(body, headers=dict(about.headers()), message_id=str(about.id))
    await publish(hurt.rabbitmq.admin_url, "rooms.inbox", [message])


async def decisions(hurt: Platform, holds: Sequence[HoldId | str]) -> list[str]:
    found = await rows(hurt, "rooms", DECIDED, holds)
    return [status for (status,) in found] if len(found) == len(holds) else []
