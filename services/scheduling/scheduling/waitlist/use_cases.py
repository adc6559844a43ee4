"""Those who wait: what is free again is held and offered to the first who fits, until a deadline, then to the next.

Where somebody stands follows from the session they were offered last, so that there is one truth. An offer is a session
whose hold is confirmed at once, with its people's time taken: who takes it has it, and who declines frees it for the next.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid
from chassis.named_times import NamedTime
from contracts.rooms import RequestHolds
from contracts.scheduling import FreedSlot, Modality, OfferSlots, SessionRequested
from contracts.types import EntryId, HoldId, SessionId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import exists, select

from scheduling.decisions import booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions.requests import BookingRequest, Named
from scheduling.lifecycle import refusals
from scheduling.lifecycle.outgoing import TakenSteps
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Step
from scheduling.people.queries import client_names, load_therapists
from scheduling.replicas.queries import load_services, load_sites
from scheduling.replicas.reference import Service
from scheduling.sessions import queries as sessions_queries
from scheduling.sessions import use_cases as sessions_use_cases
from scheduling.sessions.queries import SESSIONS
from scheduling.waitlist.fit import unfit
from scheduling.waitlist.queries import HELD_UNTIL, OFFERED, find, status_at
from scheduling.waitlist.schemas import EntryStatus, EntryView, NewEntry
from scheduling.waitlist.tables import EntryRow, WaitlistLogRow

SHORTEST_OFFER: Final = timedelta(minutes=10)
"""A slot that starts sooner is not offered: nobody could answer in time."""

UTC_ZONE: Final = ZoneInfo("UTC")
"""Of a slot whose site is not known yet."""

CONSIDERED_AT_MOST: Final = 200
"""People who are looked at for one slot."""


async def add(body: NewEntry, tx: Transaction) -> EntryView:
    """Add a client to the waitlist; whoever comes first is offered a slot first; Invalid where it names what does not exist."""
    found = {
        "client": await client_names(tx, [body.client_id]),
        "service": (await load_services(tx, [body.service_id])).get(body.service_id),
        "site": await load_sites(tx, [body.site_id]),
        "therapist": body.therapist_id is None or await load_therapists(tx, [body.therapist_id]),
    }
    if unknown := [what for what, row in found.items() if not row]:
        raise Invalid(f"unknown-{unknown[0]}", f"There is no such {unknown[0]}.", field=f"{unknown[0]}_id")
    service = found["service"]
    if isinstance(service, Service) and service.min_clients > 1:
        message = f"{service.service_code} is for at least {service.min_clients} clients, and one alone waits. Book it for all of them."
        raise Invalid("too-few-clients", message, field="service_id")
    if body.latest <= tx.now:
        raise Invalid("in-the-past", "The time has passed. Name one to come.", field="latest")
    facts: dict[str, Any] = body.model_dump(exclude={"hours"})
    row = EntryRow(id=EntryId(new_id()), hours=to_jsonable_python(body.hours), created_at=tx.now, **facts)
    tx.add(row)
    _log(tx, row.id, "waits")
    await tx.flush()
    return await find(tx, row.id, tx.now)


async def withdraw(entry_id: EntryId, tx: Transaction) -> EntryView:
    """Remove a client from the waitlist; what is held for them is declined first; Conflict where that is too late."""
    row = await tx.lock(EntryRow, entry_id)
    seen = await find(tx, entry_id, tx.now)
    if seen.status is EntryStatus.OFFERED:
        raise Conflict("slot-is-held", "A slot is held for this client. Accept or decline it first.", session_id=seen.session_id)
    if row is not None and row.withdrawn_at is None:
        row.withdrawn_at = tx.now
        _log(tx, entry_id, "withdrawn")
        await tx.flush()
    return await find(tx, entry_id, tx.now)


async def offer(messages: Sequence[OfferSlots], tx: Transaction, ask_again_after: timedelta, offer_for: timedelta) -> None:
    """Hold each slot for the first who fits, and note about everybody before them why they were passed over."""
    for slot in dict.fromkeys(slot for message in messages for slot in message.slots):
        if slot.starts_at - tx.now >= SHORTEST_OFFER:
            steps = await _offer(slot, tx, ask_again_after, min(tx.now + offer_for, slot.starts_at))
            sessions_use_cases.send(tx, TakenSteps(steps), RequestHolds, SessionRequested)


async def _offer(slot: FreedSlot, tx: Transaction, ask_again_after: timedelta, until: datetime) -> list[Step]:
    """Write the session of the first who fits, and return the step that requests its room; none where nobody does."""
    entries = await _lock_waiting(slot, tx)
    if not entries:
        return []
    requests = [_request(entry, slot, until) for entry in entries]
    reference_data = await decisions_queries.load_reference_data(tx, Named.by(requests), alone=True)
    intervals = [request.interval(SessionId(new_id()), reference_data.ends(request)) for request in requests]
    busy_times = await sessions_queries.load_busy(tx, [times for interval in intervals for times in reference_data.concerning(interval)])
    site = reference_data.sites.get(slot.site_id)
    zone = site.zone if site else UTC_ZONE
    start, deadline = NamedTime.moment(slot.starts_at, zone), NamedTime.moment(until, zone)
    for entry, request, interval in zip(entries, requests, intervals, strict=True):
        if why := unfit(slot, reference_data.services.get(entry.service_id), site, entry.latest, entry.hours):
            _log(tx, entry.id, "passed over", f"{start}: {why}", (start,))
            continue
        outcome = booking.book(request, interval.session_id, HoldId(new_id()), reference_data, busy_times, tx.now)
        if isinstance(outcome, Session):
            entry.session_id = outcome.id
            await tx.flush()
            sessions_use_cases.add(tx, [outcome], ask_again_after)
            _log(tx, entry.id, OFFERED, f"{start}{HELD_UNTIL}{deadline}", (start, deadline), outcome.id)
            return [booking.begin(outcome)]
        against = {reason.code: reason for reason in outcome.reasons}.values()
        why = " ".join(refusals.without_fix(reason.message) for reason in against)
        _log(tx, entry.id, "passed over", f"{start}: {why}", (start, *(named for reason in against for named in reason.times)))
    return []


async def _lock_waiting(slot: FreedSlot, tx: Transaction) -> Sequence[EntryRow]:
    """Lock and return those who wait, judged after their locks are held.

    A statement that waited for a lock sees the new entry beside the sessions of before the wait, so the second one decides.
    """
    waiting = _who_waits_for(slot, tx.now)
    locked = [entry.id for entry in await tx.scalars(waiting.with_for_update(of=EntryRow))]
    return await tx.scalars(waiting.where(EntryRow.id.in_(locked))) if locked else []


def _who_waits_for(slot: FreedSlot, now: datetime) -> Any:  # noqa: ANN401 (a select of entries)
    """Select those who wait at the site at that time and were not offered it before, the first come first."""
    before = SESSIONS.alias().c
    had_it = exists().where(before.entry_id == EntryRow.id, before.starts_at == slot.starts_at)
    return (
        select(EntryRow)
        .outerjoin(SESSIONS, SESSIONS.c.id == EntryRow.session_id)
        .where(
            EntryRow.site_id == slot.site_id,
            EntryRow.earliest <= slot.starts_at,
            EntryRow.latest > slot.starts_at,
            status_at(now) == EntryStatus.WAITING.value,
            ~had_it,
        )
        .order_by(EntryRow.id)
        .limit(CONSIDERED_AT_MOST)
    )


def _request(entry: EntryRow, slot: FreedSlot, until: datetime) -> BookingRequest:
    return BookingRequest(
        client_id=entry.client_id,
        therapist_id=entry.therapist_id or slot.therapist_id,
        service_id=entry.service_id,
        site_id=entry.site_id,
        starts_at=slot.starts_at,
        capacity=entry.capacity,
        equipment=tuple(entry.equipment),
        insurance_applicable=entry.insurance_applicable,
        modality=Modality(entry.modality),
        offer_until=until,
        entry_id=entry.id,
    )


def _log(
    tx: Transaction,
    entry_id: EntryId,
    event: str,
    detail: str = "",
    times: Sequence[NamedTime] = (),
    session_id: SessionId | None = None,
) -> None:
    named = to_jsonable_python(list(times)) or None
    tx.add(WaitlistLogRow(entry_id=entry_id, at=tx.now, event=event, detail=detail, session_id=session_id, times=named))
