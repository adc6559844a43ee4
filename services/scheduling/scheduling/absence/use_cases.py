"""Remove people and take time off: what needs their sessions to be looked at first."""

from chassis.data.database import Transaction
from chassis.errors import Conflict
from contracts.scheduling import ClientChanged, TherapistChanged
from contracts.types import ClientId, TherapistId

from scheduling.people import use_cases as people_use_cases
from scheduling.people.schemas import ClientView, NewTimeOff, TherapistView, TimeOffView
from scheduling.sessions import queries as sessions_queries


async def remove_therapist(therapist_id: TherapistId, tx: Transaction) -> TherapistView:
    """Remove a therapist whom no session refers to; who had sessions is deactivated instead; Conflict names the sessions."""
    removed = await people_use_cases.lock_therapist(therapist_id, tx)
    if theirs := await sessions_queries.latest_of_therapist(tx, therapist_id):
        raise Conflict("has-sessions", "This therapist has sessions. Set is_active to false instead.", session_ids=theirs)
    await people_use_cases.remove_therapist(therapist_id, tx)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return removed


async def remove_client(client_id: ClientId, tx: Transaction) -> ClientView:
    """Remove a client whom no session refers to; what was agreed with somebody is kept; Conflict names the sessions."""
    removed = await people_use_cases.lock_client(client_id, tx)
    if theirs := await sessions_queries.latest_of_client(tx, client_id):
        raise Conflict("has-sessions", "This client has sessions. Their sessions are kept, and so are they.", session_ids=theirs)
    await people_use_cases.remove_client(client_id, tx)
    tx.send(ClientChanged(client_id=client_id))
    return removed


async def add_time_off(therapist_id: TherapistId, body: NewTimeOff, tx: Transaction, *, force: bool) -> TimeOffView:
    """Take a therapist out for a time; over booked sessions only by force, and they stay booked; Conflict names the sessions."""
    await people_use_cases.lock_therapist(therapist_id, tx)
    booked = await sessions_queries.taking_sessions(tx, therapist_id, body.starts_at, body.ends_at)
    if booked and not force:
        detail = f"{len(booked)} booked sessions lie in that time. Move or cancel them first, or repeat with force=true to keep them."
        raise Conflict("therapist-has-sessions", detail, session_ids=booked)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return await people_use_cases.add_time_off(therapist_id, body, tx)
