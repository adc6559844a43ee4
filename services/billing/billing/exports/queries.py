"""Records in the shapes of other systems: the boxes of the paper form, and FHIR."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.paging import Keyset
from contracts.types import RecordId
from sqlalchemy import Date, Select, bindparam, select

from billing.document_facts import people as document_parties
from billing.document_facts import queries as document_facts_queries
from billing.document_facts.facts import ClaimContext
from billing.document_facts.people import FOR_INSURERS
from billing.documents import queries as documents_queries
from billing.exports import cms1500, fhir
from billing.exports.fhir import Resource
from billing.exports.schemas import FormsView, FormView
from billing.records.queries import RECORD, RECORD_LINE

CHARGE_ITEM: Final = "ChargeItem"
CLAIM: Final = "Claim"
"""The resource that only records with something to claim are shown as."""
BY_DATE: Final = {kind: Keyset(RECORD.c.service_date, RECORD.c.id, of=kind) for kind in (CHARGE_ITEM, CLAIM)}


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
    return fhir.bundle(fhir.charge_items(context), CHARGE_ITEM)


async def claim_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Resource:
    """Return a record as a FHIR claim; Invalid where none of its lines may go to an insurer."""
    context = await document_facts_queries.find_context(db, record_id, zone)
    _refuse_unclaimable(context)
    return fhir.claim(context, document_facts_queries.parties_for_insurers(context))


async def search_charge_items(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the charge items of a time, by date of service."""
    return await _search(db, CHARGE_ITEM, since, until, limit, cursor, zone, fhir.charge_items)


async def search_claims(db: ReadSession, since: date, until: date, limit: int, cursor: str | None, zone: ZoneInfo) -> Resource:
    """Return the claims of a time, by date of service; a record that lacks facts is an outcome that states which."""
    return await _search(db, CLAIM, since, until, limit, cursor, zone, _claim_or_outcome)


@cache
def _records(*, is_claimable: bool) -> Select[*tuple[Any, ...]]:
    """Select the records of a time: built once, because that takes longer than to run it."""
    day = RECORD.c.service_date
    query = document_facts_queries.RECORDS.where(day >= bindparam("since", type_=Date), day <= bindparam("until", type_=Date))
    if is_claimable:
        claimable = select(RECORD_LINE.c.record_id).where(RECORD_LINE.c.record_id == RECORD.c.id, RECORD_LINE.c.claimable)
        query = query.where(claimable.exists())
    return query


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
    query = BY_DATE[kind].after(_records(is_claimable=kind == CLAIM), cursor, limit)
    page = BY_DATE[kind].page(await db.rows(query, {"since": since, "until": until}), limit)
    shown = await document_facts_queries.contexts_of(db, page.items, zone)

    def address(of: str | None) -> str:
        stated = {"from": since, "to": until, "limit": limit, "cursor": of}
        return f"{kind}?{urlencode({name: value for name, value in stated.items() if value})}"

    here, following = address(cursor), page.next_cursor and address(page.next_cursor)
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
