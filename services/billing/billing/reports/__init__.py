"""What the books state about a time as of a day, as rows, totals and sheets."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.reports import api

capability: Final = Capability(routers=[api.record_exports, api.router])
