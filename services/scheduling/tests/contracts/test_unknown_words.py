"""What scheduling does with words of messages that it does not know, as a newer rooms or catalog may write them."""

from datetime import timedelta

from contracts.catalog import Kind
from contracts.open_words import open_word
from contracts.rooms import HoldsAnswered, Obstacle, Outcome, RefusalReason
from front_desk import Clinic, service_changed
from scheduling.decisions.booking import not_offered
from scheduling.replicas.reference import Service


async def test_an_answer_of_an_unknown_outcome_is_left_out_and_unknown_obstacles_are_shown(clinic: Clinic) -> None:
    later = clinic.monday + timedelta(hours=2)
    waiting, refused = [(await clinic.book(starts_at=start.isoformat())).json()["id"] for start in (clinic.monday, later)]
    requested, other = await clinic.rooms.request_for(waiting), await clinic.rooms.request_for(refused)
    flooded, none = open_word(Obstacle, "flooded"), clinic.rooms.refused(other)
    postponed = clinic.rooms.granted(requested).model_copy(update={"outcome": open_word(Outcome, "postponed")})
    unsuitable = none.model_copy(update={"reason": open_word(RefusalReason, "flooded"), "reasons": (flooded, Obstacle.TOO_SMALL)})
    await clinic.rooms.say(HoldsAnswered(answers=(postponed, unsuitable)))
    shown = (await clinic.becomes(refused, "rejected"))["rejection_reasons"]
    assert [(reason["code"], reason["message"]) for reason in shown] == [
        ("flooded", "The room cannot be held at that time."),
        ("too-small", "The room has too few seats."),
    ]
    assert (await clinic.http.get(f"/sessions/{waiting}")).json()["status"] == "requested"
    await clinic.rooms.grant(requested)
    await clinic.becomes(waiting, "booked")


def test_a_service_of_an_unknown_kind_is_not_booked() -> None:
    known = service_changed()
    facts = (known.id, known.service_code, known.service_name, timedelta(hours=1))
    kinds = (Kind.BASE, open_word(Kind, "package"))
    assert [[reason.code for reason in not_offered(Service(*facts, kind, is_active=True, rates=()))] for kind in kinds] == [
        [],
        ["not-bookable"],
    ]
