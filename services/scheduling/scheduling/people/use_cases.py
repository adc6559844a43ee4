"""Add and change therapists and clients; what changed is published, never a name."""

from typing import Any
from uuid import UUID

from chassis.bodies.models import Body
from chassis.data.database import Transaction
from chassis.rows.changes import check_version, count_version, require
from contracts.scheduling import ClientChanged, TherapistChanged
from contracts.types import ClientId, TherapistId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete

from scheduling.people.queries import hours_view
from scheduling.people.schemas import (
    ClientChange,
    ClientView,
    NewClient,
    NewTherapist,
    NewTimeOff,
    TherapistChange,
    TherapistView,
    TimeOffView,
    WorkingHours,
    WorkingHoursView,
)
from scheduling.people.tables import ClientRow, TherapistRow, TimeOffRow


async def add_therapist(new: NewTherapist, tx: Transaction) -> TherapistView:
    """Add a therapist."""
    row = TherapistRow(id=TherapistId(new_id()), created_at=tx.now, updated_at=tx.now, **new.model_dump())
    tx.add(row)
    tx.send(TherapistChanged(therapist_id=row.id))
    return TherapistView.model_validate(row)


async def change_therapist(therapist_id: TherapistId, change: TherapistChange, expected: int | None, tx: Transaction) -> TherapistView:
    """Change a therapist; Stale where somebody else did since it was read, NotFound where there is none."""
    row = require(await tx.lock(TherapistRow, therapist_id), "therapist", therapist_id)
    changed = _changed(row, change, expected, tx)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return TherapistView.model_validate(changed)


async def add_client(new: NewClient, tx: Transaction) -> ClientView:
    """Add a client."""
    row = ClientRow(id=ClientId(new_id()), created_at=tx.now, updated_at=tx.now, **new.model_dump())
    tx.add(row)
    tx.send(ClientChanged(client_id=row.id))
    return ClientView.model_validate(row)


async def change_client(client_id: ClientId, change: ClientChange, expected: int | None, tx: Transaction) -> ClientView:
    """Change a client; Stale where somebody else did since it was read, NotFound where there is none."""
    row = require(await tx.lock(ClientRow, client_id), "client", client_id)
    changed = _changed(row, change, expected, tx)
    tx.send(ClientChanged(client_id=client_id))
    return ClientView.model_validate(changed)


def _changed(row: Any, change: Body, expected: int | None, tx: Transaction) -> Any:  # noqa: ANN401 (either kind of person)
    check_version(row.version, expected)
    for name, value in change.model_dump(exclude_unset=True).items():
        setattr(row, name, value)
    count_version(row, tx.now)
    return row


async def put_hours(therapist_id: TherapistId, body: WorkingHours, expected: int | None, tx: Transaction) -> WorkingHoursView:
    """Set when a therapist works; what is booked stays booked; NotFound without that therapist, Stale on an older version."""
    row = require(await tx.lock(TherapistRow, therapist_id), "therapist", therapist_id)
    check_version(row.version, expected)
    row.working_hours, row.breaks = to_jsonable_python(body.hours), to_jsonable_python(body.breaks)
    count_version(row, tx.now)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return hours_view(row)


async def remove_time_off(key: UUID, tx: Transaction) -> TimeOffView:
    """Delete a time off: the therapist can be booked then; NotFound where there is none."""
    row = require(await tx.lock(TimeOffRow, key), "time off", key)
    await tx.execute(delete(TimeOffRow).where(TimeOffRow.id == key))
    tx.send(TherapistChanged(therapist_id=row.therapist_id))
    return TimeOffView.model_validate(row)


async def lock_therapist(therapist_id: TherapistId, tx: Transaction) -> TherapistView:
    """Lock a therapist while somebody decides about them; NotFound where there is none."""
    row = require(await tx.lock(TherapistRow, therapist_id), "therapist", therapist_id)
    return TherapistView.model_validate(row)


async def lock_client(client_id: ClientId, tx: Transaction) -> ClientView:
    """Lock a client while somebody decides about them; NotFound where there is none."""
    row = require(await tx.lock(ClientRow, client_id), "client", client_id)
    return ClientView.model_validate(row)


async def remove_therapist(therapist_id: TherapistId, tx: Transaction) -> None:
    """Remove a therapist; the caller has seen that no session is theirs, and publishes it."""
    await tx.execute(delete(TherapistRow).where(TherapistRow.id == therapist_id))


async def remove_client(client_id: ClientId, tx: Transaction) -> None:
    """Remove a client; the caller has seen that no session is theirs, and publishes it."""
    await tx.execute(delete(ClientRow).where(ClientRow.id == client_id))


async def add_time_off(therapist_id: TherapistId, body: NewTimeOff, tx: Transaction) -> TimeOffView:
    """Take a therapist out for a time; the caller has looked at the sessions in it, and publishes it."""
    facts: dict[str, Any] = body.model_dump()
    row = TimeOffRow(id=new_id(), therapist_id=therapist_id, **facts)
    tx.add(row)
    return TimeOffView.model_validate(row)
