"""Whatever changes in the catalog, its whole new state is published."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import aio_pika
from httpx import AsyncClient
from price_list import DEMO, Add, Listener, in_days, today
from testing import MakeDatabase, RunService, until

FIRST_TO_SEE_A_DAY, LAST_TO_SEE_A_DAY = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")


async def test_an_added_service_is_announced_with_its_rates(listener: Listener, add: Add) -> None:
    service = await add(effective_from="2020-01-01")
    headers, data = await listener.next()
    assert headers["cloudEvents_type"] == "catalog.service_changed.v1"
    assert headers["cloudEvents_source"] == "/holdfast/catalog"
    assert headers["cloudEvents_subject"] == service["id"]
    assert headers["cloudEvents_sequence"] == "1"
    assert data == service | {"rates": [{"amount": "185.00", "effective_from": "2020-01-01", "effective_to": None}]}


async def test_every_change_is_announced_with_the_next_version(listener: Listener, catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}"
    await catalog.patch(url, json={"standard_duration": 55})
    await catalog.post(f"{url}/rates", json={"amount": "195.00", "effective_from": in_days(10)})
    received = [(await listener.next())[1] for _ in range(3)]
    assert [(data["version"], data["standard_duration"], len(data["rates"])) for data in received] == [(1, 60, 1), (2, 55, 1), (3, 55, 2)]
    assert received[-1]["base_rate"] == "185.00"


async def test_nothing_is_said_of_what_changed_nothing(listener: Listener, catalog: AsyncClient, add: Add) -> None:
    service = await add()
    await listener.next()
    await catalog.patch(f"/services/{service['id']}", json={"standard_duration": 60})
    await catalog.post("/services", json={"service_code": "X"})
    assert await listener.receives_nothing()


async def test_an_import_announces_each_service_once(listener: Listener, catalog: AsyncClient) -> None:
    for _ in range(2):
        await catalog.post("/services/import", content=DEMO.read_bytes())
    received = [(await listener.next())[1]["service_code"] for _ in range(32)]
    assert len(set(received)) == 32
    assert await listener.receives_nothing()


async def test_whoever_starts_late_may_receive_everything_again(listener: Listener, catalog: AsyncClient, add: Add) -> None:
    service = await add()
    await catalog.patch(f"/services/{service['id']}", json={"standard_duration": 55})
    stated = [await listener.next() for _ in range(2)]
    type_ = "catalog.announce_services.v1"
    headers = {"specversion": "1.0", "id": str(uuid4()), "type": type_, "source": "test", "time": "2026-03-02T14:00:00Z"}
    command = aio_pika.Message(b"{}", headers={f"cloudEvents_{name}": value for name, value in headers.items()})
    await listener.commands.publish(command, type_)
    _, again = await listener.next()
    assert again == stated[-1][1]


async def test_at_the_networks_midnight_the_scheduled_rate_is_announced(
    listener: Listener, run_service: RunService, make_database: MakeDatabase
) -> None:
    database = await make_database("catalog")
    yesterday = await run_service("catalog", database_url=database, network_time_zone=LAST_TO_SEE_A_DAY)
    await yesterday.post("/services/import", content=DEMO.read_bytes())
    service = (await yesterday.get("/services/by-code/90837")).json()
    tomorrow = today(LAST_TO_SEE_A_DAY) + timedelta(days=1)
    assert tomorrow <= today(FIRST_TO_SEE_A_DAY)
    scheduled = {"amount": "195.00", "effective_from": tomorrow.isoformat()}
    await yesterday.post(f"/services/{service['id']}/rates", json=scheduled)
    received = [await listener.next() for _ in range(33)]
    assert (received[-1][1]["base_rate"], received[-1][1]["version"]) == ("185.00", 2)

    await run_service("catalog", database_url=database, network_time_zone=FIRST_TO_SEE_A_DAY)

    async def is_announced() -> bool:
        _, data = await listener.next()
        return (data["service_code"], data["base_rate"], data["version"]) == ("90837", "195.00", 3)

    assert await until(is_announced)
