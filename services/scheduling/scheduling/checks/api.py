"""The HTTP edge of looking before booking: every problem at once, as text, with what would work."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from scheduling.checks import queries
from scheduling.checks.queries import Checked
from scheduling.checks.schemas import Check, CheckedRoom, Obstruction
from scheduling.replicas import queries as replicas_queries
from scheduling.sessions.schemas import NewSession

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.post("/check", summary="What would become of a booking", operation_id="check_session")
async def check_session(body: NewSession, request: Request) -> Check:
    """Name every reason why this would not work, each with what would; nothing is written and nothing is held."""
    state = request.app.state
    patience_s = state.gateway.replica_patience_s
    wanted = body.booking_request(await replicas_queries.moment_soon(body, body.site_id, state.database, patience_s))
    now = datetime.now(UTC)
    checked = await replicas_queries.when_announced(
        lambda: queries.check(wanted, state.database, state.questions, now),
        patience_s,
        lambda found: [reason.code for reason in found.reasons],
    )
    problems = [*_own(checked), *_of_rooms(checked)]
    unchecked = checked.could_be_requested and checked.finding is None
    finding = checked.finding
    return Check(
        ok=None if unchecked and len(problems) == 1 else not problems,
        starts_at=wanted.starts_at,
        ends_at=checked.ends_at,
        service_code=checked.service.service_code if checked.service else None,
        calculated_rate=checked.rate,
        room=CheckedRoom(room_id=finding.room_id, room_number=finding.room_number) if finding and finding.room_id else None,
        problems=problems,
        overrides=[queries.obstruction(reason) for reason in checked.overridden],
        alternatives=list(checked.alternatives),
    )


def _own(checked: Checked) -> list[Obstruction]:
    return [queries.obstruction(reason) for reason in checked.reasons]


def _of_rooms(checked: Checked) -> list[Obstruction]:
    if checked.could_be_requested and checked.finding is None:
        return [queries.rooms_away()]
    return [queries.obstruction_of_room(obstacle) for obstacle in checked.obstacles]
