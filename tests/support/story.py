"""What a clinic lives through, told over HTTP alone: every public event happens at least once."""

from typing import Final

from testing.waiting import until

from support.clinic import NEW_YORK, Clinic, Json, at, succeeded

SECRETS: Final = (
    "Griselda Vantongeren",
    "zaphod@example.org",
    "555-0187-331",
    "Quimby Oldcastle",
    "1987654320",
    "whispers about owls",
    "felt dizzy on tuesdays",
)
"""What is entered about people; no message has any of it."""


async def whole_story(clinic: Clinic) -> None:
    """Live through everything that is worth telling."""
    clinic.client = await clinic.post(
        "/api/scheduling/clients", full_name=SECRETS[0], email=SECRETS[1], phone=SECRETS[2], time_zone=NEW_YORK.key
    )
    clinic.therapist = await clinic.post("/api/scheduling/therapists", full_name=SECRETS[3], npi=SECRETS[4], time_zone=NEW_YORK.key)
    done = await clinic.booked(starts_at=at(-1), backdated=True, billing_notes=SECRETS[5])
    succeeded(await clinic.step(done, "complete"))
    record = await clinic.record(done)
    await clinic.post(f"/api/billing/records/{record['id']}/payments", amount="185.00", payer="client", method="card", reference=SECRETS[5])
    missed = await clinic.booked(starts_at=at(-2), backdated=True)
    succeeded(await clinic.step(missed, "no-show"))

    session = await clinic.booked()
    moved = succeeded(await clinic.step(session, "reschedule", starts_at=at(8, 12)))
    [rival] = await clinic.pairs(1)
    taken = await clinic.booked(**rival, starts_at=at(9), room_id=clinic.rooms[0]["id"])
    succeeded(await clinic.step(moved, "reschedule", starts_at=taken["starts_at"], room_id=taken["room_id"]))
    offered = await clinic.book(starts_at=taken["starts_at"], room_id=taken["room_id"])
    assert offered["status"] == "offered"
    succeeded(await clinic.step(moved, "cancel", reason=SECRETS[6]))


async def rare_events(clinic: Clinic) -> None:
    """Live through what happens to few sessions: groups, series, undone and refused steps, blocked rooms, new rules, a reconciliation."""
    room = clinic.rooms[0]["id"]
    block = await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(20, 9), ends_at=at(20, 12), reason=SECRETS[5])
    (await clinic.http.delete(f"/api/rooms/blocks/{block['id']}")).raise_for_status()
    series = await clinic.post("/api/scheduling/series", **clinic.wanted(starts_at=at(30)), recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    for session in series["occurrences"]:
        await clinic.becomes(session, "booked")

    large = await clinic.new_room("300", capacity=6)
    session = await clinic.booked(starts_at=at(21), room_id=large["id"])
    joined = await clinic.step(session, "clients", client_id=(await clinic.new_client())["id"])
    assert len(succeeded(joined)["client_ids"]) == 2
    succeeded(await clinic.step(session, "cancel", reason=SECRETS[6]))
    [rival] = await clinic.pairs(1)
    await clinic.booked(**rival, starts_at=session["starts_at"], room_id=session["room_id"])
    refused = succeeded(await clinic.step(session, "undo"))
    assert refused["status"] == "cancelled"
    other = await clinic.booked(starts_at=at(22))
    succeeded(await clinic.step(other, "cancel", reason=SECRETS[6]))
    assert succeeded(await clinic.step(other, "undo"))["status"] == "booked"
    too_many = [(await clinic.new_client())["id"] for _ in range(large["capacity"])]
    rejected = await clinic.book(starts_at=at(23), client_id=too_many[0], other_client_ids=too_many[1:])
    assert rejected["status"] == "rejected"

    rules = {"cancellation_window_minutes": 60}
    succeeded(await clinic.http.put(f"/api/scheduling/policies/services/{clinic.service['id']}", json=rules))
    comparison = await clinic.post("/api/scheduling/reconciliations", repair=False)

    async def complete() -> Json | None:
        found = await clinic.get(f"/api/scheduling/reconciliations/{comparison['id']}")
        return found if found["is_complete"] else None

    await until(complete)
