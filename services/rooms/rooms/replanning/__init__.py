"""Other rooms for the sessions of a room that goes out of use, and what would have become of them with other rooms."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.replanning import api

capability: Final = Capability(routers=[api.router])
