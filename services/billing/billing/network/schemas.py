"""Today, as the HTTP edge means it: the network's day."""

from datetime import date, datetime
from typing import Annotated

from chassis.http.conventions import View
from contracts.types import Day
from fastapi import Depends, Request
from pydantic import ConfigDict


async def _today(request: Request) -> date:
    return datetime.now(request.app.state.zone).date()


Today = Annotated[date, Depends(_today)]


class NetworkView(View):
    """The calendar on which billing dates postings, files and reports, whichever site a session took place at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"time_zone": "America/New_York", "today": "2026-03-02"}]})

    time_zone: str
    """IANA name."""
    today: Day
    """The day that it is there now."""
