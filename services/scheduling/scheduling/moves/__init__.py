"""Moving this, the following or all sessions of a series: seen before, followed date by date, and undone for a while."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.moves import api

capability: Final = Capability(routers=[api.router])
"""The HTTP edge of moves."""
