"""The release before and this one on one schema, with the same broker: during the upgrade, and after a rollback.

``make prove-upgrade`` runs it: it starts two versions of every service, which takes longer than the tests of a change should.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from local import services as deployed
from schema.previous import previous_release
from servers import Postgres, RabbitMQ
from servers.rights import SERVICES
from support.clinic import Clinic, Json, at, succeeded
from support.release import Release, code_of
from support.repository import ROOT
from testing import until

ORDER = ("catalog", "rooms", "scheduling", "billing")
"""In which the processes are replaced; docs/operations.md states why."""
NEW_TYPES = {"billing": {"scheduling.cancellation_policy_stated.v2"}}
"""Messages of types that the release before does not know: they may reach its processes, which park them."""


@pytest.fixture
async def releases(tmp_path: Path, postgres_server: Postgres, rabbitmq_server: RabbitMQ) -> AsyncIterator[tuple[Release, Release]]:
    """Describe the release before and this one on the same empty databases; neither runs yet."""
    code = code_of(previous_release().commit, tmp_path / "code")
    services = deployed.equip(deployed.create_databases(postgres_server, tmp_path), rabbitmq_server, {}, tmp_path)
    before = Release.of("before", code, tmp_path / "before", services)
    now = Release.of("now", ROOT, tmp_path / "now", services)
    try:
        yield before, now
    finally:
        await now.end()
        await before.end()


async def test_both_releases_book_on_the_new_schema_and_the_one_before_goes_on_after_a_rollback(releases: tuple[Release, Release]) -> None:
    before, now = releases
    await before.migrate()
    assert await heads(before) == previous_release().heads
    await before.start()
    clinic = await Clinic.open(await before.front(), rooms=8)
    await clinic.knows_price("185.00")
    old = [await clinic.booked(starts_at=at(-day), backdated=True) for day in range(1, 6)]
    coming = [await clinic.booked(starts_at=at(day)) for day in (20, 21)]

    # the schema is expanded under the processes of the release before
    await now.migrate()
    await clinic.booked(starts_at=at(22))
    await billed(clinic, old.pop())

    # process by process, both run
    here = replace(clinic, http=await now.front())
    for day, service in enumerate(ORDER, start=8):
        await now.start(service)
        await clinic.booked(starts_at=at(day))
    assert {await release(here, service) for service in SERVICES} == {"now"}
    assert {await release(clinic, service) for service in SERVICES} == {"before"}
    pairs = await clinic.pairs(8)
    booked = await asyncio.gather(
        *((clinic, here)[number % 2].booked(**pair, starts_at=at(-20), backdated=True) for number, pair in enumerate(pairs))
    )
    assert len({session["room_id"] for session in booked}) == len(booked), "no room is given twice, whoever asks"

    # what one booked, the other ends
    await asyncio.gather(*((here, clinic)[number % 2].step(session, "complete") for number, session in enumerate(booked[:4])))
    for side, session in ((here, old.pop()), (clinic, booked[4]), (here, booked[5]), (clinic, old.pop())):
        await billed(side, session)
    for side, session, how in ((clinic, booked[6], {"telehealth": True}), (here, booked[7], {"modality": "video"})):
        await billed(side, session, **how)
        assert [(await here.session(session))["modality"], (await here.record(session))["modality"]] == ["video"] * 2
        assert [(await clinic.session(session))["telehealth"], (await clinic.record(session))["telehealth"]] == [True] * 2
    succeeded(await here.step(coming.pop(), "cancel", reason="the client is ill"))
    new = [await here.booked(starts_at=at(-day), backdated=True) for day in (28, 29)]
    coming.append(await here.booked(starts_at=at(23)))

    # the rollback: this release's processes end, the schema stays
    await now.stop()
    await clinic.booked(starts_at=at(15))
    await billed(clinic, new.pop())
    await billed(clinic, old.pop())
    succeeded(await clinic.step(coming.pop(), "cancel", reason="the client is ill"))

    # and forward again, without the release before
    await now.start()
    await before.stop()
    await redrive(here)
    await here.booked(starts_at=at(16))
    await billed(here, new.pop())
    await billed(here, old.pop())
    assert await differences(here) == []
    assert await parked(here) == {service: [] for service in SERVICES}


async def redrive(side: Clinic) -> None:
    """Put back what the release before could not know, as docs/operations.md states after an upgrade; nothing else may be parked."""
    for service, messages in (await parked(side)).items():
        assert {message["type"] for message in messages} <= NEW_TYPES.get(service, set())
        if messages:
            await side.post(f"/api/{service}/operations/parked/redrive", ids=[message["id"] for message in messages])


async def parked(side: Clinic) -> dict[str, list[Json]]:
    """Return the parked messages of each service."""
    return {service: (await side.get(f"/api/{service}/operations/parked"))["items"] for service in SERVICES}


async def heads(release: Release) -> dict[str, str]:
    """Return the revision of each database."""
    found: dict[str, str] = {}
    for name, service in release.services.items():
        connection = await asyncpg.connect(service.env["HOLDFAST_DATABASE_URL"].replace("+asyncpg", ""))
        try:
            found[name] = await connection.fetchval("SELECT version_num FROM alembic_version")
        finally:
            await connection.close()
    return found


async def release(side: Clinic, service: str) -> str:
    """Return which release answers."""
    return str((await side.get(f"/api/{service}/operations"))["release"])


async def billed(side: Clinic, session: Json, **how: object) -> None:
    """Complete a session and wait for its record, the only one."""
    succeeded(await side.step(session, "complete", **how))
    record = await side.record(session)
    assert (record["total_amount"], len(await side.records(session))) == ("185.00", 1)


async def differences(side: Clinic) -> list[Json]:
    """Compare the sessions with the holds of rooms and the records of billing."""
    comparison = await side.post("/api/scheduling/reconciliations", repair=False)

    async def complete() -> Json | None:
        found = await side.get(f"/api/scheduling/reconciliations/{comparison['id']}")
        return found if found["is_complete"] else None

    return (await until(complete))["differences"]
