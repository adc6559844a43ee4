"""Writes parties, and keeps what was changed."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.bodies.models import Body
from chassis.data.database import Transaction
from chassis.errors import Invalid
from chassis.rows.changes import apply_changes, check_version
from contracts.types import ClientId
from sqlalchemy import select

from billing.changes import use_cases as changes_use_cases
from billing.diagnosis_codes import queries as diagnosis_codes_queries
from billing.parties.queries import diagnoses_of, view_of
from billing.parties.schemas import KINDS, ClientProfile, ClientProfileView, Shown, not_born, repeated
from billing.parties.tables import PartyRow


async def put_party(view: type[Shown], key: UUID, facts: Body, expected: int | None, by: str, tx: Transaction) -> Shown:
    """Write how claims and documents name somebody; Stale on an older version."""
    kind = KINDS[view]
    [row] = await tx.scalars(select(PartyRow).where(PartyRow.kind == kind, PartyRow.id == key).with_for_update()) or [None]
    check_version(row.version if row else 0, expected)
    stated = facts.model_dump(mode="json")
    changes_use_cases.keep(tx, by, kind, key, before=row.facts if row else None, after=stated)
    if row is None:
        row = PartyRow(kind=kind, id=key, facts=stated, version=1, updated_at=tx.now)
        tx.add(row)
    else:
        apply_changes(row, {"facts": stated}, tx.now)
    return view_of(view, row)


async def put_client(
    client_id: ClientId, body: ClientProfile, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> ClientProfileView:
    """Write how claims and documents name a client; a diagnosis that is new must be valid today where there is a list of codes.

    Invalid names every wrong field; Stale where the profile has another version than is expected.
    """
    today = tx.now.astimezone(zone).date()
    wrong = [*not_born(body, today), *repeated(body.diagnoses)]
    if wrong:
        raise Invalid(wrong[0].code, " ".join(each.message for each in wrong), wrong)
    had = (await diagnoses_of(tx, [client_id])).get(client_id, ())
    await diagnosis_codes_queries.require_valid(tx, body.diagnoses, today, kept=had)
    return await put_party(ClientProfileView, client_id, body, expected, by, tx)
