"""A message that nobody can act on is parked and counted, and the next one is served."""

import aio_pika
from aio_pika.abc import HeadersType
from contracts.types import new_id
from support.clinic import Clinic, at, succeeded
from support.listener import PREFIX, publish
from support.platform import Platform
from support.truth import metric
from support.waiting import until

KNOWN = {
    "catalog": "catalog.announce_services.v1",
    "rooms": "rooms.request_holds.v1",
    "scheduling": "rooms.holds_answered.v1",
    "billing": "scheduling.session_completed.v1",
}


async def test_a_message_that_cannot_be_read_is_parked_and_the_next_one_is_served(hurt: Platform, clinic: Clinic) -> None:
    for service, kind in KNOWN.items():
        unreadable = poison(kind)
        count = len(unreadable)
        await publish(hurt.rabbitmq.admin_url, f"{service}.inbox", unreadable)
        await until(lambda service=service, count=count: parked(hurt, service, count))

    session = await clinic.booked(starts_at=at(-1), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    assert (await clinic.record(session))["total_amount"] == "185.00"

    for service in KNOWN:
        hurt.rabbitmq.manage("DELETE", f"queues/%2F/{service}.parked/contents")
        await until(lambda service=service: parked(hurt, service, 0))


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
