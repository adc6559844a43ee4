"""What takes the rooms of a site in a range, and how well they are used."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.calendar import api

capability: Final = Capability(routers=[api.router])
