"""Records in the shapes of other systems: the boxes of the paper form, and FHIR."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.paging import read_cursor, write_cursor
from contracts.types import RecordId
from sqlalchemy import Date, Integer, Select, Uuid, bindparam, select, tuple_

from billing.document_facts import people as document_parties
from billing.document_facts import queries as document_facts_queries
from billing.document_facts.facts import ClaimContext
from billing.document_facts.people import FOR_INSURERS
from billing.documents import queries as documents_queries
from billing.exports import cms1500, fhir
from billing.exports.fhir import Resource
from billing.exports.schemas import FormsView, FormView
from billing.records.queries import RECORD, RECORD_LINE

CLAIM: Final = "Claim"
"""The resource that only records with something to claim are shown as."""


async def cms1500_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> FormsView:
    """Return the boxes of the paper form of a record that may be claimed from an insurer; Invalid where it may not."""
    context = await document_facts_queries.find_context(db, record_id, zone)
    documents_queries.refuse_voided(context)
    _refuse_unclaimable(context)
    if context.insurance is None:
        raise Invalid(
            "not-insured", "The session was not booked for insurance, or no coverage was on file on its day. Print a superbill instead."
        )
    filled = cms1500.forms(context, context.insurance, document_facts_queries.parties_for_insurers(context))
    return FormsView(record_id=record_id, forms=[FormView.model_validate(form) for form in filled])


async def charge_items_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Resource:
    """Return each billed code of a record as a FHIR charge item."""
    context = await document_facts_queries.find_context(db, record_id, zone)
    return fhir.bundle(fhir.charge_items(context), "ChargeItem")


async def claim_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Resource:
    """Return a record as a FHIR claim; Invalid where none of its lines may go to an insurer."""
    context = await document_facts_queries.find_context(db, record_id, zone)
    _refuse_unclaimable(context)
    return fhir.claim(context, document_facts_queries.parties_for_insurers(context))


async def search_charge_items(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the charge items of a time, by date of service."""
    return await _search(db, "ChargeItem", since, until, limit, cursor, zone, fhir.charge_items)


async def search_claims(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the claims of a time, by date of service; a record that lacks facts is an outcome that states which."""
    return await _search(db, CLAIM, since, until, limit, cursor, zone, _claim_or_outcome)


@cache
def _records(*, is_claimable: bool, is_behind: bool) -> Select[*tuple[Any, ...]]:
    """Select a page of the records of a time, by date of service: built once, because that takes longer than to run it."""
    order = RECORD.c.service_date, RECORD.c.id
    query = document_facts_queries.RECORDS.where(order[0] >= bindparam("since", type_=Date), order[0] <= bindparam("until", type_=Date))
    if is_claimable:
        claimable = select(RECORD_LINE.c.record_id).where(RECORD_LINE.c.record_id == RECORD.c.id, RECORD_LINE.c.claimable)
        query = query.where(claimable.exists())
    if is_behind:
        query = query.where(tuple_(*order) > tuple_(bindparam("day", type_=Date), bindparam("key", type_=Uuid)))
    return query.order_by(*order).limit(bindparam("most", type_=Integer))


async def _search(
    db: ReadSession,
    kind: str,
    since: date,
    until: date,
    limit: int,
    cursor: str | None,
    zone: ZoneInfo,
    show: Callable[[ClaimContext], list[Resource]],
) -> Resource:
    values: dict[str, object] = {"since": since, "until": until, "most": limit + 1}
    if cursor is not None:
        values["day"], values["key"] = read_cursor(kind, cursor, date, UUID)
    rows = await db.rows(_records(is_claimable=kind == CLAIM, is_behind=cursor is not None), values)
    shown = await document_facts_queries.contexts_of(db, rows[:limit], zone)
    parameters: dict[str, object] = {"from": since, "to": until, "limit": limit}
    here = f"{kind}?{urlencode(parameters | ({'cursor': cursor} if cursor else {}))}"
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = f"{kind}?{urlencode(parameters | {'cursor': write_cursor(kind, last.service_date, last.id)})}"
    return fhir.bundle([resource for context in shown for resource in show(context)], here, following)


def _claim_or_outcome(context: ClaimContext) -> list[Resource]:
    parties = document_parties.parties_of(context.known)
    if parties is None:
        return [fhir.outcome(context, document_parties.lacks(context.known, context.keys, FOR_INSURERS))]
    return [fhir.claim(context, parties)]


def _refuse_unclaimable(context: ClaimContext) -> None:
    if not context.claimable:
        codes = ", ".join(line.code for line in context.lines)
        raise Invalid("nothing-to-claim", f"{codes} is never claimed from an insurer, so there is no claim of this record.")
