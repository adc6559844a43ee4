"""A session is booked by service, takes its room, takes place, and is billed once and paid."""

from support.clinic import Clinic, at, succeeded

PRICES = (
    "total_amount",
    "allowed_amount",
    "patient_amount",
    "insurance_amount",
    "contractual_adjustment",
    "units",
    "rate_per_unit",
    "lines",
)


async def test_a_session_is_booked_by_service_and_its_room_is_kept(clinic: Clinic) -> None:
    session = await clinic.booked()
    assert (session["service_code"], session["service_name"]) == (clinic.service["service_code"], clinic.service["service_name"])
    assert (session["starts_at"], session["ends_at"]) == (at(8), at(8, 11)), "the service decides how long it takes"
    assert session["calculated_rate"] == "185.00"
    assert session["room_id"] in {room["id"] for room in clinic.rooms}

    entry = await clinic.entry(session, "booked")
    assert (entry["starts_at"], entry["ends_at"]) == (session["starts_at"], session["ends_at"])
    hold = await clinic.get(f"/api/rooms/holds/{entry['hold_id']}")
    assert (hold["status"], hold["session_id"], hold["room_id"]) == ("confirmed", session["id"], session["room_id"])
    assert not await clinic.is_free(session["room_id"], session["starts_at"], session["ends_at"])


async def test_a_booking_that_does_not_wait_is_taken_and_decided_soon(clinic: Clinic) -> None:
    answer = await clinic.ask(wait=0)
    assert answer.status_code in {201, 202}
    assert answer.headers["Location"] == f"/api/scheduling/sessions/{answer.json()['id']}"
    assert (await clinic.get(answer.headers["Location"]))["id"] == answer.json()["id"]
    assert (await clinic.becomes(answer.json(), "booked"))["room_number"]


async def test_a_completed_session_is_billed_exactly_once_and_paid(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    completed = succeeded(await clinic.step(session, "complete"))
    assert completed["status"] == "completed"

    record = await clinic.record(session)
    assert (record["total_amount"], record["patient_amount"], record["insurance_amount"]) == ("185.00", "185.00", "0.00")
    assert (record["client_id"], record["therapist_id"]) == (session["client_id"], session["therapist_id"])
    assert record["service_date"] == at(-1)[:10]
    assert (record["payment_status"], record["balance"]) == ("pending", "185.00")

    again = await clinic.step(session, "complete")
    assert (again.status_code, again.json()["session_status"]) == (409, "completed")

    part = await pay(clinic, record, "60.00")
    assert (part["payment_status"], part["balance"]) == ("partially_paid", "125.00")
    paid = await pay(clinic, record, "125.00")
    assert (paid["payment_status"], paid["balance"]) == ("paid", "0.00")
    ledger = await clinic.get(f"/api/billing/records/{record['id']}/ledger")
    assert all(sum(float(entry["amount"]) for entry in transaction["entries"]) == 0 for transaction in ledger["items"])
    assert len(await clinic.records(session)) == 1


async def test_what_a_session_costs_is_known_before_it_is_booked(clinic: Clinic) -> None:
    await clinic.knows_price("185.00")
    asked = {"service_id": clinic.service["id"], "client_id": clinic.client["id"], "date": at(-1)[:10]}
    preview = await clinic.post("/api/billing/preview", **asked)
    assert preview == await clinic.post("/api/billing/preview", **asked), "a preview writes nothing"

    session = await clinic.booked(starts_at=at(-1), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    record = await clinic.record(session)
    assert {name: record[name] for name in PRICES} == {name: preview[name] for name in PRICES}
    assert session["calculated_rate"] == preview["rate_per_unit"]


async def test_the_timeline_tells_the_whole_story(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await clinic.entry(session, "booked")
    succeeded(await clinic.step(session, "complete"))
    timeline = await clinic.timeline(session)
    assert [timeline[0], timeline[1], timeline[-1]] == ["requested", "booked", "completed"]


async def pay(clinic: Clinic, record: dict[str, str], amount: str) -> dict[str, str]:
    return await clinic.post(f"/api/billing/records/{record['id']}/payments", amount=amount, payer="client", method="card", reference="T-1")
