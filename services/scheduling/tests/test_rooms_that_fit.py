"""Why no room of a site could ever be had, in words."""

import pytest
from contracts.types import RoomId, SiteId, new_id
from scheduling.domain import Room, why_no_room_fits

SITE = SiteId(new_id())


def room(capacity: int, *equipment: str, is_active: bool = True) -> Room:
    """Make a room."""
    return Room(RoomId(new_id()), SITE, "201", "Oak", capacity, frozenset(equipment), is_active)


ROOMS = (room(2, "video"), room(12), room(80, "piano", is_active=False))


@pytest.mark.parametrize(
    ("places", "equipment", "why"),
    [
        (None, (), None),
        (12, (), None),
        (2, ("video",), None),
        (50, ("video",), "No room of this site has 50 places; the largest has 12."),
        (None, ("video", "piano"), "No room of this site has piano."),
        (3, ("video",), "No room of this site has video and 3 places; the largest with that equipment has 2."),
    ],
)
def test_what_no_room_of_the_site_has_is_said_with_the_most_that_there_is(
    places: int | None, equipment: tuple[str, ...], why: str | None
) -> None:
    assert why_no_room_fits(ROOMS, places, equipment) == why


def test_equipment_that_no_room_has_together_is_said_and_unknown_rooms_are_not_judged() -> None:
    rooms = [room(4, "video"), room(4, "piano")]
    assert why_no_room_fits(rooms, 2, ("piano", "video")) == "No room of this site has piano, video and 2 places at once."
    assert why_no_room_fits([], 50, ()) is None
