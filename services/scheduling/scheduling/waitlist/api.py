"""The HTTP edge of the waitlist."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from chassis.http.conventions import Cursor, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import ClientId, EntryId, SessionId, SiteId
from fastapi import APIRouter, Query, Response

from scheduling.sessions.actions import DeclineOffer, Impossible, TakeOffer
from scheduling.sessions.api import STEP, Requested
from scheduling.sessions.schemas import SessionView
from scheduling.sessions.use_cases import SessionRequest
from scheduling.waitlist import queries, use_cases
from scheduling.waitlist.schemas import EntryStatus, EntryView, NewEntry

router = APIRouter(prefix="/waitlist", tags=["waitlist"])


@router.post("", status_code=201, summary="Wait for a slot", operation_id="add_waitlist_entry")
async def add_waitlist_entry(body: NewEntry, once: Once, response: Response) -> EntryView:
    """Add a client to the waitlist; what becomes free is held for the first who fits."""
    entry = await once(lambda tx: use_cases.add(body, tx), EntryView)
    response.headers["Location"] = f"/waitlist/{entry.id}"
    return entry


@router.get("", summary="Who waits", operation_id="list_waitlist")
async def list_waitlist(
    db: Reading,
    site_id: SiteId | None = None,
    client_id: ClientId | None = None,
    status: EntryStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[EntryView]:
    """Return those who wait or waited, in the order in which they are offered a slot."""
    return await queries.list_entries(db, site_id, client_id, status, limit, cursor, datetime.now(UTC))


@router.get("/{entry_id}", summary="Somebody who waits", operation_id="get_waitlist_entry", responses=documented(404))
async def get_waitlist_entry(entry_id: EntryId, db: Reading) -> EntryView:
    """Return the status of an entry, and everything that was decided about it."""
    return await queries.find(db, entry_id, datetime.now(UTC))


@router.delete("/{entry_id}", status_code=204, summary="Wait no more", operation_id="withdraw_waitlist_entry",
               responses=documented(404, 409))  # fmt: skip
async def withdraw_waitlist_entry(entry_id: EntryId, once: Once) -> None:
    """Remove a client from the waitlist."""
    await once(lambda tx: use_cases.withdraw(entry_id, tx), EntryView)


@router.post("/{entry_id}/accept", summary="Take the slot", operation_id="accept_slot", responses=STEP)
async def accept_slot(entry_id: EntryId, request: Requested) -> SessionView:
    """Take what is held: the session is booked at once, for its room is held already."""
    return await _answer(entry_id, TakeOffer, request)


@router.post("/{entry_id}/decline", summary="Leave the slot to the next", operation_id="decline_slot", responses=STEP)
async def decline_slot(
    entry_id: EntryId,
    request: Requested,
    offer_on: Annotated[bool, Query(description="Whether the next who fits is offered it.")] = True,  # noqa: FBT002
) -> SessionView:
    """Give back what is held, for the next who fits; who declines goes on waiting for another."""
    return await _answer(entry_id, lambda session_id: DeclineOffer(session_id, offer_on), request)


async def _answer(entry_id: EntryId, step: Callable[[SessionId], TakeOffer | DeclineOffer], request: SessionRequest) -> SessionView:
    """Take a step of the session that was offered last; its own state decides, under its lock, whether that is possible."""
    async with request.database.reading() as db:
        session_id = await queries.last_offer(db, entry_id, datetime.now(UTC))
    outcome = await request.take(step(session_id))
    if isinstance(outcome, Impossible):
        async with request.database.reading() as db:
            raise queries.nothing_offered(await queries.find(db, entry_id, datetime.now(UTC)))
    return outcome
