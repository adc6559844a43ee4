"""The HTTP edge of therapists' time."""

from typing import Annotated
from uuid import UUID

from chassis.edge import Cursor, IfMatch, Limit, Once, Page, Reading
from chassis.problems import documented
from contracts.types import Instant, TherapistId
from fastapi import APIRouter, Query

from scheduling import absence
from scheduling.absence import NewTimeOff, TimeOffView, WorkingHours, WorkingHoursView

router = APIRouter(tags=["therapists"])
Since = Annotated[Instant | None, Query(alias="from", description="Only what ends after this.")]
Force = Annotated[bool, Query(description="Even over booked sessions, which stay booked.")]


@router.get("/therapists/{therapist_id}/working-hours", summary="When a therapist works", operation_id="get_working_hours",
            responses=documented(404))  # fmt: skip
async def get_working_hours(therapist_id: TherapistId, db: Reading) -> WorkingHoursView:
    """Return a therapist's hours at each site, and their breaks."""
    return await absence.get_hours(db, therapist_id)


@router.put("/therapists/{therapist_id}/working-hours", summary="Say when a therapist works", operation_id="put_working_hours",
            responses=documented(404, 412))  # fmt: skip
async def put_working_hours(therapist_id: TherapistId, body: WorkingHours, once: Once, expected: IfMatch) -> WorkingHoursView:
    """Replace a therapist's hours and breaks; what is booked stays booked."""
    return await once(lambda tx: absence.put_hours(therapist_id, body, expected, tx), WorkingHoursView)


@router.get("/therapists/{therapist_id}/time-off", summary="When a therapist is off", operation_id="list_time_off",
            responses=documented(404))  # fmt: skip
async def list_time_off(
    therapist_id: TherapistId, db: Reading, since: Since = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[TimeOffView]:
    """Return a therapist's absences in order."""
    return await absence.list_time_off(db, therapist_id, since=since, limit=limit, cursor=cursor)


@router.post("/therapists/{therapist_id}/time-off", status_code=201, summary="Take time off", operation_id="add_time_off",
             responses=documented(404, 409))  # fmt: skip
async def add_time_off(therapist_id: TherapistId, body: NewTimeOff, once: Once, *, force: Force = False) -> TimeOffView:
    """Take a therapist out for a time; over booked sessions a 409 lists them, unless forced."""
    return await once(lambda tx: absence.add_time_off(therapist_id, body, tx, force=force), TimeOffView)


@router.delete("/time-off/{time_off_id}", status_code=204, summary="Be back", operation_id="remove_time_off", responses=documented(404))
async def remove_time_off(time_off_id: UUID, once: Once) -> None:
    """Have a therapist back for that time."""
    await once(lambda tx: absence.remove_time_off(time_off_id, tx), TimeOffView)
