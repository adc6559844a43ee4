"""Reads parties as they are."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.errors import NotFound
from contracts.types import ClientId
from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from billing.parties.schemas import KINDS, PartyKind, Shown
from billing.parties.tables import PartyRow

PARTIES: Final = select(PartyRow.kind, PartyRow.id, PartyRow.facts).where(
    PartyRow.kind == any_(bindparam("kinds", type_=ARRAY(Text, dimensions=1))),
    PartyRow.id == any_(bindparam("ids", type_=ARRAY(Uuid, dimensions=1))),
)
"""Parties of these kinds with these ids, which no two of them share."""


async def diagnoses_of(db: ReadSession, clients: Collection[ClientId]) -> dict[ClientId, tuple[str, ...]]:
    """Return the diagnoses that these clients have at present, of those whose profile is entered."""
    wanted = select(PartyRow.id, PartyRow.facts["diagnoses"]).where(PartyRow.kind == PartyKind.CLIENT, PartyRow.id.in_(clients))
    return {ClientId(key): tuple(found or ()) for key, found in await db.rows(wanted)}


async def find_parties(db: ReadSession, view: type[Shown], keys: Collection[UUID]) -> dict[UUID, Shown]:
    """Return what the biller wrote of these, as far as they are written down."""
    rows = await db.scalars(select(PartyRow).where(PartyRow.kind == KINDS[view], PartyRow.id.in_(keys)))
    return {row.id: view_of(view, row) for row in rows}


async def read_party(db: ReadSession, view: type[Shown], key: UUID) -> Shown:
    """Return what the biller wrote of somebody; NotFound where there is nothing."""
    found = (await find_parties(db, view, [key])).get(key)
    if found is None:
        kind = KINDS[view]
        raise NotFound("not-written-down", f"Billing has no {kind} {key} yet. PUT it here, then claims and documents can name it.")
    return found


def view_of(view: type[Shown], row: PartyRow) -> Shown:
    """Return a party as the API has it."""
    return view.model_validate({**row.facts, "version": row.version, "updated_at": row.updated_at})


async def facts_of(db: ReadSession, kinds: Collection[str], ids: Collection[UUID]) -> dict[tuple[str, UUID], dict[str, Any]]:
    """Return what is written down of parties of these kinds with these ids, by kind and id."""
    rows = await db.rows(PARTIES, {"kinds": list(kinds), "ids": list(ids)})
    return {(row.kind, row.id): row.facts for row in rows}
