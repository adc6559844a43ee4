"""What was done in a session besides the booked service is said when it is completed."""

from datetime import timedelta
from typing import Any

from contracts.catalog import Kind
from contracts.scheduling import SessionCompleted
from contracts.types import new_id
from front_desk import Clinic, service_changed
from httpx import Response
from support import until


async def complete(clinic: Clinic, session: dict[str, Any], **done: object) -> Response:
    return await clinic.http.post(f"/sessions/{session['id']}/complete", json=done)


async def test_what_was_done_besides_is_told_with_its_price_of_that_day(clinic: Clinic) -> None:
    day = clinic.monday - timedelta(days=21)
    before = {"amount": "18.00", "effective_from": "2020-01-01", "effective_to": str(day.date() - timedelta(days=1))}
    since = {"amount": "20.00", "effective_from": str(day.date()), "effective_to": None}
    supplement = service_changed(service_code="90785", kind=Kind.ADD_ON, standard_duration=0, rates=(before, since))
    await clinic.knows(supplement)
    heard = await clinic.rooms.listen(SessionCompleted)
    session = await clinic.booked(starts_at=day.isoformat(), backdated=True)
    besides = [{"service_id": str(supplement.id), "units": 2}]
    done = (await complete(clinic, session, add_ons=besides, telehealth=True)).json()
    said = {"service_id": str(supplement.id), "service_code": "90785", "units": 2, "rate_per_unit": "20.00"}
    assert (done["status"], done["telehealth"], done["add_ons"]) == ("completed", True, [said])

    async def told() -> bool:
        return [(fact.telehealth, [add_on.model_dump(mode="json") for add_on in fact.add_ons]) for fact in heard] == [(True, [said])]

    await until(told)


async def test_what_cannot_be_billed_besides_is_refused_and_the_session_stays_booked(clinic: Clinic) -> None:
    fee = service_changed(service_code="NOSHOW", kind=Kind.FEE, standard_duration=0)
    await clinic.knows(fee)
    session = await clinic.booked(starts_at=(clinic.monday - timedelta(days=21)).isoformat(), backdated=True)
    wrong = [str(new_id()), str(clinic.service_id), str(fee.id)]
    answer = await complete(clinic, session, add_ons=[{"service_id": each} for each in wrong])
    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (
        422,
        ["unknown-service", "service-twice", "not-an-add-on"],
    )
    assert (await clinic.http.get(f"/sessions/{session['id']}")).json()["status"] == "booked"
