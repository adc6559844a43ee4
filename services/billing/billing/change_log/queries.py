"""Who changed what, when, and whose it is: a page of the changes that were kept, each with its payer, client, record or remittance."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession, named
from chassis.rows.paging import Keyset, Page
from sqlalchemy import select

from billing.change_log.schemas import ChangeView, SubjectKind
from billing.changes.queries import CHANGE
from billing.payers import queries as payers_queries
from billing.records.queries import RECORD
from billing.remittances.queries import REMITTANCE
from billing.tables import among

LATEST: Final = Keyset(CHANGE.c.id, descending=True)

ABOUT: Final = {
    "payer": SubjectKind.PAYER,
    "fee": SubjectKind.PAYER,
    "client": SubjectKind.CLIENT,
    "coverage": SubjectKind.CLIENT,
    "discount": SubjectKind.CLIENT,
    "remittance": SubjectKind.REMITTANCE,
    "organization": SubjectKind.ORGANIZATION,
    "facility": SubjectKind.FACILITY,
    "provider": SubjectKind.PROVIDER,
    "acknowledgement": SubjectKind.ACKNOWLEDGEMENT,
    "diagnosis_codes": SubjectKind.DIAGNOSIS_CODES,
}
"""What a change is about by what was changed; anything else is posted to a record or, beyond its claims, to a remittance."""

NOTHING_KNOWN: Final = dict.fromkeys(("name", "client_id", "service_code", "service_date"))


async def list_changes(db: ReadSession, key: UUID | None, what: str | None, limit: int, cursor: str | None) -> Page[ChangeView]:
    """Return changes, the latest first."""
    query = LATEST.after(select(CHANGE), cursor, limit)
    if key is not None:
        query = query.where(CHANGE.c.key == key)
    if what is not None:
        query = query.where(CHANGE.c.what == what)
    found = named(await db.rows(query))
    subjects = await _subjects(db, [(each["what"], each["key"]) for each in found])
    views = [ChangeView.model_validate({**each, "subject": subjects[each["what"], each["key"]]}) for each in found]
    return LATEST.page(views, limit)


async def _subjects(db: ReadSession, changed: Collection[tuple[str, UUID]]) -> dict[tuple[str, UUID], Mapping[str, Any]]:
    """Return what each of these is about, by what was changed and its key."""
    records = await _records(db, {key for what, key in changed if what not in ABOUT})
    kinds = {(what, key): ABOUT.get(what, SubjectKind.RECORD if key in records else SubjectKind.REMITTANCE) for what, key in changed}
    names = await payers_queries.names_of(db, {key for (_, key), kind in kinds.items() if kind is SubjectKind.PAYER})
    names |= await _senders(db, {key for (_, key), kind in kinds.items() if kind is SubjectKind.REMITTANCE})
    return {
        (what, key): {
            **NOTHING_KNOWN,
            "kind": kind,
            "name": names.get(key),
            **({"client_id": key} if kind is SubjectKind.CLIENT else {}),
            **(records[key] if kind is SubjectKind.RECORD else {}),
        }
        for (what, key), kind in kinds.items()
    }


async def _records(db: ReadSession, keys: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    shown = RECORD.c.client_id, RECORD.c.service_code, RECORD.c.service_date
    rows = await db.rows(select(RECORD.c.id, *shown).where(among(RECORD.c.id, keys))) if keys else []
    return {key: {"client_id": client, "service_code": code, "service_date": day} for key, client, code, day in rows}


async def _senders(db: ReadSession, keys: Collection[UUID]) -> dict[UUID, str]:
    rows = await db.rows(select(REMITTANCE.c.id, REMITTANCE.c.payer_name).where(among(REMITTANCE.c.id, keys))) if keys else []
    return {key: name for key, name in rows if name is not None}
