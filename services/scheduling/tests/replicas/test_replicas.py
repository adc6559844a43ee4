"""What catalog and rooms announce is kept in its newest state."""

from collections.abc import AsyncIterator

import pytest
from chassis.data.database import Database
from chassis.errors import Invalid
from contracts.catalog import ServiceChanged
from front_desk import service_changed
from scheduling.replicas import queries, use_cases
from scheduling.settings import Settings
from sqlalchemy import text
from testing import MakeDatabase

KEPT = text("SELECT version, min_clients FROM service_replica")


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """Use scheduling's database without any service beside."""
    found = Database(Settings(service="scheduling", database_url=await make_database("scheduling"), broker_url="amqp://nowhere"))
    yield found
    await found.close()


async def kept_after(database: Database, announced: ServiceChanged) -> tuple[int, int]:
    """Announce a service, and return what is kept of it."""
    async with database.transaction() as tx:
        await use_cases.put_services(tx, [announced])
    async with database.reading() as db:
        [(version, min_clients)] = await db.rows(KEPT)
    return version, min_clients


async def test_what_is_announced_again_fills_what_an_older_release_did_not_keep(database: Database) -> None:
    service = service_changed(version=7)
    assert await kept_after(database, service) == (7, 1)
    assert await kept_after(database, service.model_copy(update={"min_clients": 2})) == (7, 2)
    assert await kept_after(database, service.model_copy(update={"version": 6})) == (7, 2)


@pytest.mark.parametrize("raises", [True, False])
async def test_what_is_unknown_is_looked_for_less_and_less_often_and_then_told(*, raises: bool) -> None:
    looks: list[str] = []

    async def look() -> str:
        looks.append("unknown-service")
        if raises:
            raise Invalid("unknown-service", "There is no such service.", field="service_id")
        return looks[-1]

    async def told() -> str:
        try:
            return await queries.when_announced(look, 0.7, lambda found: [found])
        except Invalid as problem:
            return problem.errors[0].code

    assert await told() == "unknown-service"
    assert 2 <= len(looks) <= 4


async def test_other_errors_are_told_at_once() -> None:
    looks: list[str] = []

    async def look() -> str:
        looks.append("closed")
        raise Invalid("inactive-site", "The site is closed.", field="site_id")

    with pytest.raises(Invalid):
        await queries.when_announced(look, 60)
    assert looks == ["closed"]
