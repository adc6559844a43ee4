"""What was done in a session, and how therapist and client met, is recorded when it is completed."""

from datetime import timedelta
from typing import Any

import pytest
from contracts.catalog import Kind
from contracts.scheduling import SessionCompleted
from contracts.types import new_id
from front_desk import Clinic, service_changed
from httpx import Response
from testing import until


async def complete(clinic: Clinic, session: dict[str, Any], **done: object) -> Response:
    return await clinic.http.post(f"/sessions/{session['id']}/complete", json=done)


async def test_what_was_done_besides_is_told_with_its_price_of_that_day(clinic: Clinic) -> None:
    day = clinic.monday - timedelta(days=21)
    before = {"amount": "18.00", "effective_from": "2020-01-01", "effective_to": str(day.date() - timedelta(days=1))}
    since = {"amount": "20.00", "effective_from": str(day.date()), "effective_to": None}
    supplement = service_changed(service_code="90785", kind=Kind.ADD_ON, standard_duration=0, rates=(before, since))
    await clinic.knows(supplement)
    event = await clinic.rooms.listen(SessionCompleted)
    session = await clinic.booked(starts_at=day.isoformat(), backdated=True)
    except_ids = [{"service_id": str(supplement.id), "units": 2}]
    done = (await complete(clinic, session, add_ons=except_ids, telehealth=True)).json()
    stated = {"service_id": str(supplement.id), "service_code": "90785", "units": 2, "rate_per_unit": "20.00"}
    assert (done["status"], done["telehealth"], done["add_ons"]) == ("completed", True, [stated])

    async def reported() -> bool:
        return [(fact.telehealth, [add_on.model_dump(mode="json") for add_on in fact.add_ons]) for fact in event] == [(True, [stated])]

    await until(reported)


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


async def test_a_session_is_billed_as_the_service_that_its_minutes_fit_at_the_rate_of_its_day(clinic: Clinic) -> None:
    day = clinic.monday - timedelta(days=21)
    before = {"amount": "140.00", "effective_from": "2020-01-01", "effective_to": str(day.date())}
    since = {"amount": "150.00", "effective_from": str(day.date() + timedelta(days=1)), "effective_to": None}
    shorter = service_changed(service_code="90834", service_name="Psychotherapy, 45 minutes", standard_duration=45, rates=(before, since))
    fee = service_changed(service_code="NOSHOW", kind=Kind.FEE, standard_duration=0)
    await clinic.knows(shorter)
    await clinic.knows(fee)
    event = await clinic.rooms.listen(SessionCompleted)
    session = await clinic.booked(starts_at=day.isoformat(), backdated=True)
    for wrong, code in ((str(new_id()), "unknown-service"), (str(fee.id), "not-bookable")):
        refused = await complete(clinic, session, service_id=wrong)
        assert (refused.status_code, [error["code"] for error in refused.json()["errors"]]) == (422, [code])
    ended = (day + timedelta(minutes=40)).isoformat()
    done = (await complete(clinic, session, actual_end=ended, service_id=str(shorter.id))).json()
    assert (done["service_code"], done["service_name"], done["calculated_rate"]) == ("90834", "Psychotherapy, 45 minutes", "140.00")
    again = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (again["service_id"], again["status"]) == (str(shorter.id), "completed")

    async def reported() -> bool:
        return [(fact.service_code, f"{fact.rate_per_unit:.2f}") for fact in event] == [("90834", "140.00")]

    await until(reported)
    undone = (await clinic.http.post(f"/sessions/{session['id']}/undo")).json()
    booked = ("service_id", "service_code", "service_name", "calculated_rate", "status")
    assert {name: undone[name] for name in booked} == {name: session[name] for name in booked}, "an undo brings back what was booked"


async def test_a_session_is_booked_by_video_and_completed_by_audio_with_the_clients_location(clinic: Clinic) -> None:
    event = await clinic.rooms.listen(SessionCompleted)
    session = await clinic.booked(starts_at=(clinic.monday - timedelta(days=21)).isoformat(), backdated=True, modality="video")
    assert (session["modality"], session["client_location"], session["telehealth"]) == ("video", None, True)
    done = (await complete(clinic, session, modality="audio", client_location="home")).json()
    assert (done["modality"], done["client_location"], done["telehealth"]) == ("audio", "home", True)
    again = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (again["modality"], again["client_location"]) == ("audio", "home")

    async def announced() -> bool:
        return [(fact.telehealth, fact.modality, fact.client_location) for fact in event] == [(True, "audio", "home")]

    await until(announced)
    undone = (await clinic.http.post(f"/sessions/{session['id']}/undo")).json()
    assert (undone["modality"], undone["client_location"], undone["telehealth"]) == ("video", None, True), (
        "an undo brings back the booked one"
    )


@pytest.mark.parametrize(
    ("booked", "done", "expected"),
    [
        ("in_person", {}, "in_person"),
        ("in_person", {"telehealth": True}, "video"),
        ("audio", {"telehealth": True}, "audio"),
        ("audio", {"telehealth": False}, "audio"),
        ("video", {"modality": "in_person", "telehealth": True}, "in_person"),
    ],
)
async def test_telehealth_without_a_modality_means_video_unless_booked_by_audio(
    clinic: Clinic, booked: str, done: dict[str, Any], expected: str
) -> None:
    session = await clinic.booked(starts_at=(clinic.monday - timedelta(days=21)).isoformat(), backdated=True, modality=booked)
    answer = (await complete(clinic, session, **done)).json()
    assert (answer["modality"], answer["telehealth"]) == (expected, expected != "in_person")


async def test_the_clients_location_is_refused_for_a_session_in_person(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=(clinic.monday - timedelta(days=21)).isoformat(), backdated=True)
    answer = await complete(clinic, session, client_location="home")
    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (422, ["location-in-person"])
    assert (await clinic.http.get(f"/sessions/{session['id']}")).json()["status"] == "booked"
