"""The self-check finds every kind of damage, mends what can be stated again, and finds nothing where nothing is wrong."""

from datetime import datetime
from typing import Any, Final

from contracts.types import new_id
from demo.front import Front
from demo.reconcile import reconcile
from support.clinic import Clinic, Json, at, succeeded
from support.platform import Platform
from support.truth import database, nothing_contradicts, settled
from testing import until

RELEASED: Final = "UPDATE hold SET status = 'released' WHERE session_id = $1"
MAY_EXPIRE: Final = "UPDATE hold SET status = 'held', expires_at = now() + interval '1 day' WHERE session_id = $1"
LONGER: Final = """
    UPDATE hold SET ends_at = ends_at + interval '5 minutes', occupied_until = occupied_until + interval '5 minutes' WHERE session_id = $1
"""
ORPHAN: Final = """
    INSERT INTO hold (id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, alternatives, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, 'confirmed', '[]', now(), now())
"""
TAKEN_AGAIN: Final = "UPDATE hold SET status = 'confirmed' WHERE session_id = $1"
LONG_AGO: Final = "UPDATE hold SET updated_at = now() - interval '1 hour', created_at = now() - interval '1 hour'"
COMPLETED_IN_SILENCE: Final = """
    UPDATE session SET status = 'completed', actual_start = starts_at, actual_end = ends_at, updated_at = now() - interval '1 hour'
    WHERE id = $1
"""
STATUS: Final = "UPDATE session SET status = $2, updated_at = now() - interval '1 hour' WHERE id = $1"


async def change(platform: Platform, service: str, statement: str, *arguments: Any) -> None:
    """Damage a service's database behind its back."""
    async with database(platform, service) as connection:
        await connection.execute(statement, *arguments)


async def compared(clinic: Clinic, *, repair: bool) -> list[Json]:
    """Return the differences that a comparison finds."""
    return (await reconcile(Front(clinic.http), repair=repair))["differences"]


def kinds(differences: list[Json]) -> set[tuple[str, str]]:
    """Return what differs, and of which session."""
    return {(different["kind"], different["session_id"]) for different in differences}


async def test_where_nothing_is_wrong_nothing_is_found(hurt: Platform, clinic: Clinic) -> None:
    await clinic.booked()
    done = await clinic.booked(starts_at=at(-3), backdated=True)
    succeeded(await clinic.step(done, "complete"))
    await clinic.record(done)
    undone = await clinic.booked(starts_at=at(-4), backdated=True)
    succeeded(await clinic.step(undone, "complete"))
    await clinic.record(undone)
    succeeded(await clinic.step(undone, "undo"))
    await settled(hurt)
    assert await compared(clinic, repair=False) == []


async def test_each_kind_of_planted_damage_is_found_listed_and_mended(hurt: Platform, clinic: Clinic) -> None:
    [missing, unconfirmed, elsewhere, called_off] = [await clinic.booked(starts_at=at(9, hour)) for hour in (9, 11, 13, 15)]
    unbilled, overbilled = [await clinic.booked(starts_at=at(-days), backdated=True) for days in (4, 5)]
    succeeded(await clinic.step(overbilled, "complete"))
    await clinic.record(overbilled)
    succeeded(await clinic.step(called_off, "cancel", reason="ill"))
    await settled(hurt)

    stranger = str(new_id())
    orphan = (new_id(), stranger, clinic.site["id"], clinic.rooms[0]["id"])
    await change(hurt, "rooms", RELEASED, missing["id"])
    await change(hurt, "rooms", MAY_EXPIRE, unconfirmed["id"])
    await change(hurt, "rooms", LONGER, elsewhere["id"])
    await change(hurt, "rooms", ORPHAN, *orphan, datetime.fromisoformat(at(9, 17)), datetime.fromisoformat(at(9, 18)))
    await change(hurt, "rooms", TAKEN_AGAIN, called_off["id"])
    await change(hurt, "rooms", LONG_AGO)
    await change(hurt, "scheduling", COMPLETED_IN_SILENCE, unbilled["id"])
    await change(hurt, "scheduling", STATUS, overbilled["id"], "no_show")

    damage = {
        ("missing", missing["id"]),
        ("unconfirmed", unconfirmed["id"]),
        ("elsewhere", elsewhere["id"]),
        ("orphan", stranger),
        ("orphan", called_off["id"]),
        ("record_missing", unbilled["id"]),
        ("record_surplus", overbilled["id"]),
    }
    assert kinds(await compared(clinic, repair=False)) == damage
    repaired = await compared(clinic, repair=True)
    assert kinds(repaired) == damage
    assert [different["kind"] for different in repaired if different["repair"] is None] == ["record_surplus"], "people decide about money"

    async def mended() -> bool:
        return kinds(await compared(clinic, repair=False)) == {("record_surplus", overbilled["id"])}

    await until(mended, 30)
    assert (await clinic.becomes(missing, "booked"))["room_id"]
    assert await clinic.record(unbilled)
    await change(hurt, "scheduling", STATUS, overbilled["id"], "completed")
    await settled(hurt)
    await nothing_contradicts(hurt)
