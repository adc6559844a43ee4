"""Billing's HTTP edge of the network's calendar."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from billing.network.schemas import NetworkView

router = APIRouter(tags=["network"])


async def _today(request: Request) -> date:
    return datetime.now(request.app.state.zone).date()


Today = Annotated[date, Depends(_today)]
"""Today, as the HTTP edge means it: the network's day."""


@router.get("/network", operation_id="read_network", summary="The network's time zone and day")
async def read_network(request: Request, today: Today) -> NetworkView:
    """Return where the network's day begins; a date that a call leaves out is a day there."""
    return NetworkView(time_zone=request.app.state.zone.key, today=today)
