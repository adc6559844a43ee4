"""A closed day or special hours hold for every request, and nobody loses a booked room unless somebody insists."""

from datetime import timedelta

from contracts.rooms import Outcome, RefusalReason
from httpx import Response
from requester import Clinic, at


async def put(clinic: Clinic, *spans: tuple[str, str], force: bool = False) -> Response:
    body = {"spans": spans, "reason": "Christmas Eve"}
    return await clinic.http.put(f"/sites/{clinic.site_id}/special-days/{at(9).date()}", json=body, params={"force": force})


async def test_on_a_closed_day_no_room_is_held_and_the_alternatives_lie_on_other_days(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    assert (await put(clinic)).status_code == 200
    refused = await clinic.hold(at(10), room_id=room)
    assert refused.reason is RefusalReason.CLOSED
    assert {offer.starts_at.date() for offer in refused.alternatives}.isdisjoint({at(9).date()})
    listed = (await clinic.http.get(f"/sites/{clinic.site_id}/special-days")).json()["items"]
    assert [(day["day"], day["spans"]) for day in listed] == [(str(at(9).date()), [])]
    assert (await clinic.http.delete(f"/sites/{clinic.site_id}/special-days/{at(9).date()}")).status_code == 204
    assert (await clinic.http.delete(f"/sites/{clinic.site_id}/special-days/{at(9).date()}")).status_code == 404
    assert (await clinic.hold(at(10), room_id=room)).outcome is Outcome.GRANTED


async def test_special_hours_over_booked_sessions_name_those_outside_and_force_marks_them(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    inside, outside = await clinic.book(at(10), room_id=room), await clinic.book(at(14), room_id=room)
    refused = await put(clinic, ("09:00", "12:00"))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/site-has-sessions")
    assert [each["hold_id"] for each in refused.json()["sessions"]] == [str(outside.hold_id)]
    forced = await put(clinic, ("09:00", "12:00"), force=True)
    assert [each["hold_id"] for each in forced.json()["replanning"]] == [str(outside.hold_id)]
    waiting = (await clinic.http.get("/holds", params={"needs_replanning": True})).json()["items"]
    assert [each["id"] for each in waiting] == [str(outside.hold_id)]
    assert await clinic.status(inside.hold_id) == await clinic.status(outside.hold_id) == "confirmed"


async def test_a_day_with_longer_hours_than_usual_can_be_booked_longer(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    late = at(9) + timedelta(hours=13, minutes=30)
    assert (await clinic.hold(late, room_id=room)).reason is RefusalReason.CLOSED
    assert (await put(clinic, ("08:00", "24:00"))).status_code == 200
    assert (await clinic.hold(late, room_id=room)).outcome is Outcome.GRANTED
