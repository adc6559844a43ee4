"""Current holds are counted for Prometheus."""

from requester import Clinic, at


async def test_current_holds_are_counted_for_those_who_watch(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    await clinic.book(at(10), room_id=room)
    await clinic.hold(at(12), room_id=room)
    metrics = (await clinic.http.get("/metrics")).text
    assert 'holdfast_rooms_holds{status="confirmed"} 1.0' in metrics
    assert 'holdfast_rooms_holds{status="held"} 1.0' in metrics
