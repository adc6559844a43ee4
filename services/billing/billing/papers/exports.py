"""Records in the shapes of other systems: the boxes of the paper form, and FHIR."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.edge import View, read_cursor, write_cursor
from chassis.problems import refused
from contracts.types import RecordId
from pydantic import ConfigDict
from sqlalchemy import ColumnElement, select, tuple_

from billing.papers import cms1500, dossiers, fhir, printing
from billing.papers import parties as paper_parties
from billing.papers.facts import Dossier
from billing.papers.fhir import Resource
from billing.papers.parties import FOR_INSURERS
from billing.store import Record, RecordLine

BOX: Final[dict[str, Any]] = {"number": "28", "name": "total charge", "value": {"dollars": "185", "cents": "00"}}


class BoxView(View):
    """One box of the form."""

    number: str
    name: str
    value: str | bool | dict[str, Any] | list[dict[str, Any]] | None


class FormView(View):
    """One sheet: a claim of its own, with its own total."""

    boxes: list[BoxView]


class FormsView(View):
    """A record as the boxes of the paper claim form, on as many sheets as its lines need."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"record_id": "01890a5d-ac96-7a11-8c22-d3e4f5061728", "forms": [{"boxes": [BOX]}]}]}
    )

    record_id: RecordId
    forms: list[FormView]


async def cms1500_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> FormsView:
    """Return the boxes of the paper form for a record that an insurer may be asked for."""
    dossier = await dossiers.find_dossier(db, record_id, zone)
    printing.refuse_voided(dossier)
    _refuse_unclaimable(dossier)
    if dossier.insurance is None:
        raise refused(
            "not-insured", "The session was not booked for insurance, or no coverage was on file on its day. Print a superbill instead."
        )
    filled = cms1500.forms(dossier, dossier.insurance, dossiers.parties_for_insurers(dossier))
    return FormsView(record_id=record_id, forms=[FormView.model_validate(form) for form in filled])


async def charge_items_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Resource:
    """Return each billed code of a record as a FHIR charge item."""
    dossier = await dossiers.find_dossier(db, record_id, zone)
    return fhir.bundle(fhir.charge_items(dossier), "ChargeItem")


async def claim_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Resource:
    """Return a record as a FHIR claim."""
    dossier = await dossiers.find_dossier(db, record_id, zone)
    _refuse_unclaimable(dossier)
    return fhir.claim(dossier, dossiers.parties_for_insurers(dossier))


async def search_charge_items(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the charge items of a time, by date of service."""
    return await _search(db, "ChargeItem", (), since, until, limit, cursor, zone, fhir.charge_items)


async def search_claims(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the claims of a time, by date of service; a record that lacks facts is an outcome that says which."""
    claimable = select(RecordLine.record_id).where(RecordLine.record_id == Record.id, RecordLine.claimable).exists()
    return await _search(db, "Claim", (claimable,), since, until, limit, cursor, zone, _claim_or_outcome)


async def _search(
    db: ReadSession,
    kind: str,
    wanted: Sequence[ColumnElement[bool]],
    since: date,
    until: date,
    limit: int,
    cursor: str | None,
    zone: ZoneInfo,
    show: Callable[[Dossier], list[Resource]],
) -> Resource:
    query = select(Record).where(Record.service_date >= since, Record.service_date <= until, *wanted)
    if cursor is not None:
        day, key = read_cursor(cursor, date, UUID)
        query = query.where(tuple_(Record.service_date, Record.id) > tuple_(day, key))
    rows = await db.scalars(query.order_by(Record.service_date, Record.id).limit(limit + 1))
    shown = await dossiers.dossiers_of(db, rows[:limit], zone)
    asked: dict[str, object] = {"from": since, "to": until, "limit": limit}
    here = f"{kind}?{urlencode(asked | ({'cursor': cursor} if cursor else {}))}"
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = f"{kind}?{urlencode(asked | {'cursor': write_cursor(last.service_date, last.id)})}"
    return fhir.bundle([resource for dossier in shown for resource in show(dossier)], here, following)


def _claim_or_outcome(dossier: Dossier) -> list[Resource]:
    parties = paper_parties.parties_of(dossier.known)
    if parties is None:
        return [fhir.outcome(dossier, paper_parties.lacks(dossier.known, dossier.keys, FOR_INSURERS))]
    return [fhir.claim(dossier, parties)]


def _refuse_unclaimable(dossier: Dossier) -> None:
    if not dossier.claimable:
        codes = ", ".join(line.code for line in dossier.lines)
        raise refused("nothing-to-claim", f"{codes} is never claimed from an insurer, so there is no claim of this record.")
