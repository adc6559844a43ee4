"""Which message is whose work: sites and rooms are published again."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.rooms import AnnounceRooms

from rooms.places import use_cases

HANDLERS: Final[Handlers] = {AnnounceRooms: use_cases.announce_rooms}
