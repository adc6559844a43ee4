"""Today, as the HTTP edge means it: the network's day."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request


async def _today(request: Request) -> date:
    return datetime.now(request.app.state.zone).date()


Today = Annotated[date, Depends(_today)]
