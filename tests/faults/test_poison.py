"""A message that nobody can act on is parked and counted, the next one is served, and a human decides what becomes of it."""

import aio_pika
from aio_pika.abc import HeadersType
from contracts.types import new_id
from support.clinic import Clinic, Json, at, succeeded
from support.listener import PREFIX, publish
from support.platform import Platform
from support.truth import database, metric, nothing_contradicts, settled
from testing.waiting import until

KNOWN = {
    "catalog": "catalog.announce_services.v1",
    "rooms": "rooms.request_holds.v1",
    "scheduling": "rooms.holds_answered.v1",
    "billing": "scheduling.session_completed.v1",
}
REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no record today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON record EXECUTE FUNCTION refuse();
"""
ACCEPT = "DROP TRIGGER refuse ON record; DROP FUNCTION refuse;"


async def test_a_message_that_cannot_be_read_is_parked_and_the_next_one_is_served(hurt: Platform, clinic: Clinic) -> None:
    count = len(poison("any"))
    for service, kind in KNOWN.items():
        unreadable = poison(kind)
        await publish(hurt.rabbitmq.admin_url, f"{service}.inbox", unreadable)
        await until(lambda service=service: parked(hurt, service, count))

    session = await clinic.booked(starts_at=at(-1), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    assert (await clinic.record(session))["total_amount"] == "185.00"

    for service in KNOWN:
        seen = await clinic.get(f"/api/{service}/operations/parked")
        assert all("can be read" not in item["explanation"] for item in seen["items"])
        answer = await clinic.post(
            f"/api/{service}/operations/parked/discard", ids=[item["id"] for item in seen["items"]], reason="unreadable"
        )
        assert answer == {"discarded": count, "not_found": []}
        await until(lambda service=service: parked(hurt, service, 0))


async def test_a_message_that_failed_acts_once_when_it_is_put_back_after_its_cause_is_gone(hurt: Platform, clinic: Clinic) -> None:
    async with database(hurt, "billing") as books:
        await books.execute(REFUSE)
        try:
            session = await clinic.booked(starts_at=at(-1), backdated=True)
            succeeded(await clinic.step(session, "complete"))
            await until(lambda: parked(hurt, "billing", 1))
            await clinic.post("/api/billing/operations/parked/redrive")
            again = await until(lambda: seen_again(clinic))
        finally:
            await books.execute(ACCEPT)
    assert (again["type"], again["reason"], again["body"]["session_id"]) == ("scheduling.session_completed.v1", "rejected", session["id"])

    assert (await clinic.post("/api/billing/operations/parked/redrive", ids=[again["id"]]))["redriven"] == 1
    assert (await clinic.record(session))["total_amount"] == "185.00"
    assert (await clinic.post("/api/billing/operations/parked/redrive"))["redriven"] == 0
    await settled(hurt)
    await nothing_contradicts(hurt)


async def seen_again(clinic: Clinic) -> Json | None:
    """Return the parked message when it was parked a second time."""
    items = (await clinic.get("/api/billing/operations/parked"))["items"]
    return items[0] if [item["attempts"] for item in items] == [2] else None


async def parked(hurt: Platform, service: str, count: int) -> bool:
    return await metric(hurt, service, "holdfast_parked_messages") == count


def poison(kind: str) -> list[aio_pika.Message]:
    """Make one message for every way to be unreadable."""
    return [
        aio_pika.Message(b"{}"),
        aio_pika.Message(b"{", headers=headers(kind)),
        aio_pika.Message(b"\xff\xfe", headers=headers(kind)),
        aio_pika.Message(b"[]", headers=headers(kind)),
        aio_pika.Message(b"{}", headers=headers("rooms.paint_walls.v1")),
        aio_pika.Message(b"{}", headers=headers(kind) | {f"{PREFIX}id": "not an id"}),
        aio_pika.Message(b"{}", headers=headers(kind) | {f"{PREFIX}specversion": "7.0"}),
    ]


def headers(kind: str) -> HeadersType:
    attributes = {"specversion": "1.0", "id": str(new_id()), "type": kind, "source": "/somewhere", "time": "2026-03-02T10:00:00Z"}
    return {PREFIX + name: value for name, value in attributes.items()}
