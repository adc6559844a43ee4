"""Billing's HTTP edge of the network's calendar."""

from fastapi import APIRouter, Request

from billing.network.schemas import NetworkView, Today

router = APIRouter(tags=["network"])


@router.get("/network", operation_id="read_network", summary="The network's time zone and day")
async def read_network(request: Request, today: Today) -> NetworkView:
    """Return where the network's day begins; a date that a call leaves out is a day there."""
    return NetworkView(time_zone=request.app.state.zone.key, today=today)
