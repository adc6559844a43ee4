"""The HTTP edge of the waitlist."""

from chassis.edge import Cursor, Limit, Once, Page, Reading
from chassis.problems import documented
from contracts.types import ClientId, EntryId, SiteId
from fastapi import APIRouter, Response

from scheduling import waitlist
from scheduling.api import STEP, AtReception, Reception
from scheduling.queries import SessionView
from scheduling.use_cases import DeclineOffer, Impossible, TakeOffer
from scheduling.waitlist import EntryStatus, EntryView, NewEntry

router = APIRouter(prefix="/waitlist", tags=["waitlist"])


@router.post("", status_code=201, summary="Wait for a slot", operation_id="add_waitlist_entry")
async def add_waitlist_entry(body: NewEntry, once: Once, response: Response) -> EntryView:
    """Let a client wait; what becomes free is held for the first who fits."""
    entry = await once(lambda tx: waitlist.add(body, tx), EntryView)
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
    """Return those who wait or waited, in the order in which they are asked."""
    return await waitlist.list_entries(db, site_id, client_id, status, limit, cursor)


@router.get("/{entry_id}", summary="Somebody who waits", operation_id="get_waitlist_entry", responses=documented(404))
async def get_waitlist_entry(entry_id: EntryId, db: Reading) -> EntryView:
    """Return where somebody stands, and everything that was decided about them."""
    return await waitlist.find(db, entry_id)


@router.delete("/{entry_id}", status_code=204, summary="Wait no more", operation_id="withdraw_waitlist_entry",
               responses=documented(404, 409))  # fmt: skip
async def withdraw_waitlist_entry(entry_id: EntryId, once: Once) -> None:
    """Let a client wait no more."""
    await once(lambda tx: waitlist.withdraw(entry_id, tx), EntryView)


@router.post("/{entry_id}/accept", summary="Take the slot", operation_id="accept_slot", responses=STEP)
async def accept_slot(entry_id: EntryId, reception: AtReception) -> SessionView:
    """Take what is held: the session is booked at once, for its room is held already."""
    return await _answer(entry_id, TakeOffer, reception)


@router.post("/{entry_id}/decline", summary="Leave the slot to the next", operation_id="decline_slot", responses=STEP)
async def decline_slot(entry_id: EntryId, reception: AtReception) -> SessionView:
    """Give back what is held, for the next who fits; who declines goes on waiting for another."""
    return await _answer(entry_id, DeclineOffer, reception)


async def _answer(entry_id: EntryId, step: type[TakeOffer | DeclineOffer], reception: Reception) -> SessionView:
    """Take a step of the session that was offered last; its own state decides, under its lock, whether that is possible."""
    async with reception.database.reading() as db:
        session_id = await waitlist.last_offer(db, entry_id)
    outcome = await reception.take(step(session_id))
    if isinstance(outcome, Impossible):
        async with reception.database.reading() as db:
            raise waitlist.nothing_offered(await waitlist.find(db, entry_id))
    return outcome
