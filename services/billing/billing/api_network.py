"""Billing's HTTP edge of the network's calendar."""

from chassis.edge import View
from contracts.types import Day
from fastapi import APIRouter, Request
from pydantic import ConfigDict

from billing.today import Today

router = APIRouter(tags=["network"])


class NetworkView(View):
    """The calendar on which billing dates postings, files and reports, whichever site a session took place at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"time_zone": "America/New_York", "today": "2026-03-02"}]})

    time_zone: str
    """IANA name."""
    today: Day
    """The day that it is there now."""


@router.get("/network", operation_id="read_network", summary="The network's time zone and day")
async def read_network(request: Request, today: Today) -> NetworkView:
    """Return where the network's day begins; a date that a call leaves out is a day there."""
    return NetworkView(time_zone=request.app.state.zone.key, today=today)
