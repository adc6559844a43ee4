"""Sites, rooms, equipment, and when they are open and in use."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.places import api
from rooms.places.messages import HANDLERS

capability: Final = Capability(routers=[api.sites, api.rooms, api.equipment_router, api.blocks], handlers=HANDLERS)
