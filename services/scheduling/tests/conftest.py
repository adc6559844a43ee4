"""A scheduling service with a clinic to book in, and rooms played by the test itself."""

from collections.abc import AsyncIterator

import aio_pika
import pytest
from contracts.message import COMMANDS, EVENTS
from contracts.rooms import ConfirmHolds, ReleaseHolds, RequestHolds
from front_desk import Clinic, RoomsStandIn, next_monday, room_changed, service_changed, site_changed
from testing import MakeDatabase, RunService


@pytest.fixture
async def rooms(broker_url: str) -> AsyncIterator[RoomsStandIn]:
    """Play rooms: keep every command, answer what the test wants."""
    connection = await aio_pika.connect(broker_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        events = await channel.declare_exchange(EVENTS, aio_pika.ExchangeType.TOPIC, durable=True)
        commands = await channel.declare_exchange(COMMANDS, aio_pika.ExchangeType.DIRECT, durable=True)
        queue = await channel.declare_queue("rooms.inbox", exclusive=True)
        for message in (RequestHolds, ConfirmHolds, ReleaseHolds):
            await queue.bind(commands, message.type)
        stand_in = RoomsStandIn(channel, {EVENTS: events, COMMANDS: commands})
        await queue.consume(stand_in.receive)
        yield stand_in


@pytest.fixture
async def clinic(run_service: RunService, make_database: MakeDatabase, rooms: RoomsStandIn) -> Clinic:
    """Run scheduling with a clinic to book in."""
    database_url = await make_database("scheduling")
    http = await run_service("scheduling", database_url=database_url)
    service, site = service_changed(), site_changed()
    await rooms.say(service)
    await rooms.say(site)
    await rooms.say(room_changed(site.id))
    clinic = Clinic(http, rooms, site.id, service.id, "", "", next_monday(), database_url)
    clinic.therapist_id, clinic.client_id = await clinic.new_therapist(), await clinic.new_client()
    return clinic
