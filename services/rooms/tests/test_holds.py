"""A hold keeps a room for a session until it is confirmed, handed back, or forgotten."""

from asker import Clinic, at
from contracts.rooms import Outcome, RefusalReason


async def test_a_free_room_is_held_confirmed_and_handed_back(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    granted = await clinic.hold(at(10), room_id=room)
    assert (granted.outcome, granted.room_id, granted.room_number) == (Outcome.GRANTED, room, "201")
    confirmed = await clinic.asker.confirm(granted.hold_id)
    assert (confirmed.outcome, await clinic.status(granted.hold_id)) == (Outcome.CONFIRMED, "confirmed")
    released = await clinic.asker.release(granted.hold_id)
    assert (released.outcome, await clinic.status(granted.hold_id)) == (Outcome.RELEASED, "released")
    assert (await clinic.hold(at(10), room_id=room)).outcome is Outcome.GRANTED


async def test_a_taken_room_is_refused_with_alternatives(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    other = await clinic.add_room("202")
    await clinic.book(at(10), room_id=room)
    refused = await clinic.hold(at(10), room_id=room)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, RefusalReason.BOOKED)
    assert refused.alternatives[0].room_id == other
    assert refused.alternatives[0].reasons[0] == "same time"
