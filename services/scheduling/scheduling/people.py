"""Therapists and clients: honest CRUD. That something changed is announced, never a name."""

from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import Transaction
from chassis.edge import Body, check_version
from chassis.problems import conflict, not_found
from chassis.text import PRINTABLE, Line, Seen, Tidy, TimeZone
from contracts.forms import TextForm
from contracts.scheduling import ClientChanged, TherapistChanged
from contracts.types import ClientId, Flag, SiteId, TherapistId, new_id
from pydantic import MISSING, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, delete, or_, select

from scheduling.queries import ClientView, TherapistView
from scheduling.store import ClientRow, SessionRow, TherapistRow

NAMED_AT_MOST: Final = 20

Npi = Annotated[str, TextForm(r"^\d{10}$", "An NPI has ten digits, such as 1234567893.")]
Credential = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=PRINTABLE), Seen, Tidy]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    TextForm(r"^[^@:\s\x00]+@[^@:\s\x00]+$", "Enter an e-mail address, such as name@example.com."),
]
Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=40),
    TextForm(r"^[+()\-./ 0-9x]{3,}$", "Enter a phone number, such as +1 212 555 0134 or 212-555-0134 x12."),
]


class NewTherapist(Body):
    """A therapist to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"full_name": "Ruth Adler", "npi": "1234567893", "credential": "LCSW", "time_zone": "America/New_York", "site_ids": []}
            ]
        }
    )

    full_name: Line
    npi: Npi | None = None
    """National Provider Identifier, ten digits."""
    credential: Credential | None = None
    time_zone: TimeZone = "UTC"
    site_ids: Annotated[tuple[SiteId, ...], Field(max_length=100)] = ()
    """Where they work; anywhere when empty."""
    is_active: Flag = True


class TherapistChange(Body):
    """What to change of a therapist; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"credential": "PhD"}]})

    full_name: Line | MISSING = MISSING
    npi: Npi | MISSING | None = MISSING
    credential: Credential | MISSING | None = MISSING
    time_zone: TimeZone | MISSING = MISSING
    site_ids: Annotated[tuple[SiteId, ...], Field(max_length=100)] | MISSING = MISSING
    is_active: Flag | MISSING = MISSING


class NewClient(Body):
    """A client to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"full_name": "Jonas Weber", "email": "jonas@example.com", "phone": "+1 212 555 0134", "time_zone": "America/New_York"}
            ]
        }
    )

    full_name: Line
    email: Email | None = None
    phone: Phone | None = None
    time_zone: TimeZone = "UTC"


class ClientChange(Body):
    """What to change of a client; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+1 212 555 0199"}]})

    full_name: Line | MISSING = MISSING
    email: Email | MISSING | None = MISSING
    phone: Phone | MISSING | None = MISSING
    time_zone: TimeZone | MISSING = MISSING


async def add_therapist(new: NewTherapist, tx: Transaction) -> TherapistView:
    """Add a therapist."""
    row = TherapistRow(id=TherapistId(new_id()), created_at=tx.now, updated_at=tx.now, **new.model_dump())
    tx.add(row)
    tx.send(TherapistChanged(therapist_id=row.id))
    return TherapistView.model_validate(row)


async def change_therapist(therapist_id: TherapistId, change: TherapistChange, expected: int | None, tx: Transaction) -> TherapistView:
    """Change a therapist, unless somebody else did since it was read."""
    row = await tx.lock(TherapistRow, therapist_id)
    if row is None:
        raise not_found("therapist", therapist_id)
    changed = _changed(row, change, expected, tx)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return TherapistView.model_validate(changed)


async def remove_therapist(therapist_id: TherapistId, tx: Transaction) -> TherapistView:
    """Remove a therapist whom no session knows; who had sessions is deactivated instead."""
    theirs = SessionRow.therapist_id == therapist_id
    removed = await _remove(TherapistRow, therapist_id, theirs, "therapist", "Set is_active to false instead.", tx)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return TherapistView.model_validate(removed)


async def add_client(new: NewClient, tx: Transaction) -> ClientView:
    """Add a client."""
    row = ClientRow(id=ClientId(new_id()), created_at=tx.now, updated_at=tx.now, **new.model_dump())
    tx.add(row)
    tx.send(ClientChanged(client_id=row.id))
    return ClientView.model_validate(row)


async def change_client(client_id: ClientId, change: ClientChange, expected: int | None, tx: Transaction) -> ClientView:
    """Change a client, unless somebody else did since it was read."""
    row = await tx.lock(ClientRow, client_id)
    if row is None:
        raise not_found("client", client_id)
    changed = _changed(row, change, expected, tx)
    tx.send(ClientChanged(client_id=client_id))
    return ClientView.model_validate(changed)


def _changed(row: Any, change: Body, expected: int | None, tx: Transaction) -> Any:  # noqa: ANN401 (either kind of person)
    check_version(row.version, expected)
    for name, value in change.model_dump(exclude_unset=True).items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = tx.now
    return row


async def remove_client(client_id: ClientId, tx: Transaction) -> ClientView:
    """Remove a client whom no session knows; what was agreed with somebody is kept."""
    theirs = or_(SessionRow.client_id == client_id, SessionRow.other_client_ids.contains([client_id]))
    removed = await _remove(ClientRow, client_id, theirs, "client", "Their sessions are kept, and so are they.", tx)
    tx.send(ClientChanged(client_id=client_id))
    return ClientView.model_validate(removed)


async def _remove(row: Any, key: UUID, theirs: ColumnElement[bool], noun: str, instead: str, tx: Transaction) -> Any:  # noqa: ANN401 (either kind of person)
    person = await tx.lock(row, key)
    if person is None:
        raise not_found(noun, key)
    sessions = await tx.scalars(select(SessionRow.id).where(theirs).order_by(SessionRow.starts_at.desc()).limit(NAMED_AT_MOST))
    if sessions:
        raise conflict("has-sessions", f"This {noun} has sessions. {instead}", session_ids=list(sessions))
    await tx.execute(delete(row).where(row.id == key))
    return person
