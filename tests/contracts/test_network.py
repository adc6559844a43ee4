"""The four services find each other over one broker, each with the rights of its own user."""

import time
from urllib.parse import urlsplit

import pytest
from aio_pika import connect
from aiormq.exceptions import ChannelAccessRefused
from chassis.requests import presence
from servers import RabbitMQ
from servers.rights import SERVICES
from support.clinic import Clinic, at, succeeded
from support.network import Network
from testing import until
from testing.private_servers import log_of
from testing.vhosts import ServiceUsers

AWAY_AFTER_S = 2.0


async def test_all_four_services_become_ready_on_one_broker(network: Network) -> None:
    for service in SERVICES:
        answer = await getattr(network, service).get("/readyz")
        assert {"database", "broker", "consumers", "outbox"} <= answer.json()["checks"].keys(), service
        assert set(answer.json()["checks"].values()) == {"answers"}, service


async def test_a_service_may_not_look_at_the_queues_of_another_whatever_generation_the_broker_is(
    service_users: ServiceUsers, broker_url: str
) -> None:
    async with await connect(broker_url) as everybody, await connect(await service_users.admit("catalog", broker_url)) as catalog:
        for name in ("rooms.inbox", "catalog.inbox"):
            await (await everybody.channel()).declare_queue(name, exclusive=False, auto_delete=True)
        await (await catalog.channel()).declare_queue("catalog.inbox", passive=True)
        with pytest.raises(ChannelAccessRefused):
            await (await catalog.channel()).declare_queue("rooms.inbox", passive=True)


async def test_with_a_user_of_its_own_each_service_does_its_work_and_nothing_counts_as_away(
    network: Network, broker_url: str, rabbitmq_server: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AWAY_AFTER_S", AWAY_AFTER_S)
    began = time.monotonic()
    async with network.front() as http:
        clinic = await Clinic.open(http)
        series = clinic.wanted(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
        checked = succeeded(await http.post("/api/scheduling/sessions/check", json=clinic.wanted()))
        preview = succeeded(await http.post("/api/scheduling/series/preview", json=series))
        assert (checked["ok"], preview["bookable"]) == (True, 2), "rooms answers questions"
        held = await clinic.booked(starts_at=at(-7), backdated=True)
        succeeded(await clinic.step(held, "complete"))
        assert (await clinic.record(held))["total_amount"] == "185.00"
        session = await clinic.booked()

        async def whole() -> bool:
            known_for_long_enough = time.monotonic() - began > AWAY_AFTER_S
            return known_for_long_enough and [(await clinic.session(each))["degraded"] for each in (held, session)] == [[], []]

        await until(whole)
    here = urlsplit(broker_url).path[1:]
    lines = [line for line in log_of(rabbitmq_server).splitlines() if here in line]
    assert lines, "the log is that of this broker"
    assert [line for line in lines if "access_refused" in line or "caused a channel exception" in line] == []
