"""Routes of people who leave or are away."""

from typing import Annotated

from chassis.http.conventions import Once
from chassis.http.problems import documented
from contracts.types import ClientId, TherapistId
from fastapi import APIRouter, Query

from scheduling.absence import use_cases
from scheduling.people.schemas import ClientView, NewTimeOff, TherapistView, TimeOffView

router = APIRouter()


@router.delete(
    "/therapists/{therapist_id}", status_code=204, tags=["therapists"], summary="Remove a therapist without sessions",
    operation_id="remove_therapist", responses=documented(404, 409),
)  # fmt: skip
async def remove_therapist(therapist_id: TherapistId, once: Once) -> None:
    """Remove somebody whom no session refers to; 409 names the sessions otherwise."""
    await once(lambda tx: use_cases.remove_therapist(therapist_id, tx), TherapistView)


@router.delete(
    "/clients/{client_id}", status_code=204, tags=["clients"], summary="Remove a client without sessions", operation_id="remove_client",
    responses=documented(404, 409),
)  # fmt: skip
async def remove_client(client_id: ClientId, once: Once) -> None:
    """Remove somebody whom no session refers to; 409 names the sessions otherwise."""
    await once(lambda tx: use_cases.remove_client(client_id, tx), ClientView)


Force = Annotated[bool, Query(description="Even over booked sessions, which stay booked.")]


@router.post("/therapists/{therapist_id}/time-off", status_code=201, tags=["therapists"], summary="Take time off",
             operation_id="add_time_off", responses=documented(404, 409))  # fmt: skip
async def add_time_off(therapist_id: TherapistId, body: NewTimeOff, once: Once, *, force: Force = False) -> TimeOffView:
    """Take a therapist out for a time; over booked sessions a 409 lists them, unless forced."""
    return await once(lambda tx: use_cases.add_time_off(therapist_id, body, tx, force=force), TimeOffView)
