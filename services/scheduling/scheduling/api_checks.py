"""The HTTP edge of looking before booking: every problem at once, in words, with what would work."""

import asyncio
import time
from typing import Final

from chassis.edge import View
from contracts.named_times import NamedTime
from contracts.rooms import Alternative
from contracts.types import Code, Instant, Money, RoomId, SessionId
from fastapi import APIRouter, Request
from pydantic import ConfigDict

from scheduling import checks, refusals, starts
from scheduling.api import REPLICATED, NewSession
from scheduling.checks import Checked
from scheduling.starts import LOOK_AGAIN_S

router = APIRouter(prefix="/sessions", tags=["sessions"])

ROOMS_FIELD: Final = "room_id"


class Obstruction(View):
    """One reason why a session could not be booked, and what would work."""

    group: str
    """therapist | client | room | hours | block | capacity | equipment | inactive | past | policy"""
    code: str
    field: str
    message: str
    fix: str
    session_ids: list[SessionId]
    """The sessions that are in the way."""
    times: list[NamedTime] | None = None
    """The days and times that the message names, for whoever writes them in another way."""


class CheckedRoom(View):
    """The room that would be held now."""

    room_id: RoomId
    room_number: str | None


class Check(View):
    """What would become of a booking now; nothing was written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ok": False,
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "service_code": "90837",
                    "calculated_rate": "185.00",
                    "room": None,
                    "problems": [
                        {
                            "group": "block",
                            "code": "blocked",
                            "field": "room_id",
                            "message": "The room is blocked at that time.",
                            "fix": "Take another room, or a time outside the block.",
                            "session_ids": [],
                        }
                    ],
                    "alternatives": [],
                }
            ]
        }
    )

    ok: bool | None
    """Whether it could be booked now; null when only the room could not be checked."""
    starts_at: Instant
    ends_at: Instant | None
    service_code: Code | None
    calculated_rate: Money | None
    room: CheckedRoom | None
    problems: list[Obstruction]
    """Every reason at once."""
    alternatives: list[Alternative]
    """Rooms and times at which everybody is free, the best first."""


@router.post("/check", summary="What would become of a booking", operation_id="check_session")
async def check_session(body: NewSession, request: Request) -> Check:
    """Name every reason why this would not work, each with what would; nothing is written and nothing is held."""
    state = request.app.state
    deadline = time.monotonic() + state.desk.replica_patience_s
    wish = body.wish(await starts.moment_soon(body, body.site_id, state.database, state.desk.replica_patience_s))
    checked = await checks.check(wish, state.database, state.questions)
    while any(reason.code in REPLICATED for reason in checked.reasons) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_AGAIN_S)
        checked = await checks.check(wish, state.database, state.questions)
    problems = [*_own(checked), *_of_rooms(checked)]
    unchecked = checked.could_be_asked and checked.finding is None
    finding = checked.finding
    return Check(
        ok=None if unchecked and len(problems) == 1 else not problems,
        starts_at=wish.starts_at,
        ends_at=checked.ends_at,
        service_code=checked.service.service_code if checked.service else None,
        calculated_rate=checked.rate,
        room=CheckedRoom(room_id=finding.room_id, room_number=finding.room_number) if finding and finding.room_id else None,
        problems=problems,
        alternatives=list(checked.alternatives),
    )


def _own(checked: Checked) -> list[Obstruction]:
    return [
        Obstruction(
            group=refusals.about(reason),
            code=reason.code,
            field=reason.field,
            message=reason.message,
            fix=refusals.fix(reason.message),
            session_ids=list(reason.clashes),
            times=list(reason.times) or None,
        )
        for reason in checked.reasons
    ]


def _of_rooms(checked: Checked) -> list[Obstruction]:
    said = [(refusals.slug(obstacle), refusals.ROOMS[obstacle]) for obstacle in checked.obstacles]
    if checked.could_be_asked and checked.finding is None:
        said = [(refusals.ROOMS_AWAY, refusals.AWAY)]
    return [
        Obstruction(group=group, code=code, field=ROOMS_FIELD, message=message, fix=fix, session_ids=[])
        for code, (group, message, fix) in said
    ]
