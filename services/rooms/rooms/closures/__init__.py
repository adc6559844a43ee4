"""What may take the room from booked sessions: closing sites and rooms, other hours, special days, blocks, lesser rooms."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.closures import api

capability: Final = Capability(routers=[api.sites, api.rooms, api.blocks])
