"""The special days of a site."""

from datetime import date

from chassis.data.database import ReadSession
from chassis.rows.paging import Page
from contracts.types import SiteId

from rooms.closures.schemas import SpecialDayView
from rooms.places.queries import find_special_days


async def list_special_days(db: ReadSession, site_id: SiteId, begin: date | None, end: date | None) -> Page[SpecialDayView]:
    """Return a site's special days in order."""
    days = await find_special_days(db, site_id, begin, end)
    return Page(items=[SpecialDayView(site_id=site_id, day=day.day, spans=day.spans, reason=day.reason) for day in days])
