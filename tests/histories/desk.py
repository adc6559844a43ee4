"""The desk of a clinic: what people request, as the routes hand it to the use cases; a request may be refused, but it never fails."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.group_commit import GroupCommit
from chassis.data.idempotency import Key
from chassis.errors import DomainError
from contracts.types import AlternativeId, EntryId, RoomId, SeriesId, SessionId, new_id
from rooms.closures import use_cases as closures
from rooms.places import use_cases as places
from rooms.places.schemas import NewBlock
from rooms.replanning import use_cases as replanning
from rooms.replanning.schemas import NewReplan
from scheduling.decisions.requests import BookingRequest
from scheduling.lifecycle.state import Session
from scheduling.series import changes
from scheduling.series import use_cases as series
from scheduling.series.recurrence import Mode, Scope, SeriesRequest
from scheduling.sessions import use_cases as sessions
from scheduling.sessions.actions import Accept, Action, Book, CancelSession, DoneBefore, StepRequest
from scheduling.sessions.use_cases import BookingGateway
from scheduling.waitlist import queries as waiting
from scheduling.waitlist import use_cases as waitlist
from scheduling.waitlist.schemas import NewEntry

from histories.clinic import Clinic
from histories.network import CrashError

ALTERNATIVES: Final = "SELECT alternatives FROM session WHERE id = $1"
RUN_OUT: Final = "UPDATE session SET offer_until = now() WHERE site_id = $1 AND offer_until > now()"


class Fate(StrEnum):
    """What becomes of a request."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    """Done, but the answer is lost; the caller repeats it at the other process."""
    CRASHED = "crashed"
    """The process ends before it is committed; the caller repeats it at the other process."""
    AT_ONCE = "at once"
    """The caller sends it to both processes at once."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people of a clinic request what they want."""

    clinic: Clinic

    async def book(self, wanted: BookingRequest, fate: Fate) -> SessionId | None:
        """Request a session, once whatever becomes of the request."""
        booking = Book(SessionId(new_id()), wanted, _key("/sessions", fate))
        crashed = partial(sessions.book, [booking], ask_again_after=self._gateway(0).ask_again_after)
        return await self._request(booking, fate, lambda at: self._gateway(at).bookings, lambda tx: crashed(tx=tx))

    async def act(self, action: Action, fate: Fate) -> None:
        """Request a step of a session's life."""
        step = StepRequest(action, _key(f"/sessions/{action.session_id}", fate))
        gateway = self._gateway(0)
        crashed = partial(sessions.act, [step], ask_again_after=gateway.ask_again_after, undo_for=gateway.undo_for)
        await self._request(step, fate, lambda at: self._gateway(at).actions, lambda tx: crashed(tx=tx))

    async def accept(self, session_id: SessionId, which: int, fate: Fate) -> None:
        """Take one of the alternatives that a session was offered."""
        stated: str | None = await self.clinic.network.services["scheduling"].looking.fetchval(ALTERNATIVES, session_id)
        if offers := json.loads(stated or "[]"):
            await self.act(Accept(session_id, AlternativeId(UUID(offers[which % len(offers)]["id"]))), fate)

    async def book_series(self, first: BookingRequest, rule: str, mode: Mode) -> None:
        """Request sessions by a rule."""
        wanted, again = SeriesRequest(first, rule, mode), self._gateway(0).ask_again_after
        booked = await self._use("scheduling", lambda tx: series.book(wanted, tx, again))
        if isinstance(booked, series.Booked):
            self.clinic.series.append(SeriesId(booked.row.id))
            self.clinic.sessions += [each.outcome.id for each in booked.decided if isinstance(each.outcome, Session)]

    async def cancel_series(self, series_id: SeriesId) -> None:
        """Cancel every session of a series."""
        gateway = self._gateway(0)

        async def cancel(tx: Transaction) -> None:
            about = changes.chosen(await series.find(tx, series_id), Scope.ALL, None, tx.now)
            await series.cancel([CancelSession(each.id, "ill") for each in about], tx, gateway.ask_again_after, gateway.undo_for)

        await self._use("scheduling", cancel)

    async def undo_series(self, series_id: SeriesId) -> None:
        """Undo the last cancellation of a series."""
        gateway = self._gateway(0)

        async def undo(tx: Transaction) -> None:
            about = changes.to_undo(await series.find(tx, series_id), (), tx.now)
            await series.undo(about, tx, gateway.ask_again_after, gateway.undo_for)

        await self._use("scheduling", undo)

    async def wait(self, body: NewEntry) -> None:
        """Put a client on the waitlist."""
        entry = await self._use("scheduling", lambda tx: waitlist.add(body, tx))
        if entry is not None:
            self.clinic.entries.append(entry.id)

    async def answer_offer(self, entry_id: EntryId, step: Callable[[SessionId], Action]) -> None:
        """Take or decline what was offered to somebody who waits."""
        offered = await self._use("scheduling", lambda tx: waiting.last_offer(tx, entry_id, tx.now))
        if offered is not None:
            await self.act(step(offered), Fate.ANSWERED)
            self.clinic.sessions += [offered] if offered not in self.clinic.sessions else []

    async def let_offers_run_out(self) -> None:
        """Have the deadline of everything that is offered to those who wait pass."""
        await self.clinic.network.services["scheduling"].looking.execute(RUN_OUT, self.clinic.site)

    async def block(self, room_id: RoomId, body: NewBlock, *, force: bool) -> None:
        """Take a room out of use for a time."""
        block = await self._use("rooms", lambda tx: closures.add_block(room_id, body, tx, force=force))
        if block is not None:
            self.clinic.blocks.append(block.id)

    async def unblock(self) -> None:
        """Use a room again."""
        block_id = self.clinic.blocks.pop()
        await self._use("rooms", lambda tx: places.remove_block(block_id, tx))

    async def replan(self, room_id: RoomId, body: NewReplan) -> None:
        """Move the sessions of a room elsewhere and block it."""

        async def replan(tx: Transaction) -> None:
            plan = await replanning.propose(room_id, body, tx)
            await replanning.confirm(plan.id, tx)

        await self._use("rooms", replan)

    async def _request(
        self,
        item: Any,  # noqa: ANN401 (a booking or a step)
        fate: Fate,
        queue_of: Callable[[int], GroupCommit[Any, Any]],
        work: Callable[[Transaction], Awaitable[Any]],
    ) -> SessionId | None:
        """Have a request done; where it is sent twice it is done once, and return its session."""
        queues = [queue_of(0), queue_of(1)]
        if fate is Fate.CRASHED:
            try:
                await self.clinic.network.process("scheduling").do(work, crash=True)
            except CrashError:
                return _session(await queues[1].submit(item))
        if fate is Fate.ANSWERED:
            return _session(await queues[0].submit(item))
        if fate is Fate.AT_ONCE:
            outcomes = await asyncio.gather(*(queue.submit(item) for queue in queues))
        else:
            outcomes = [await queue.submit(item) for queue in queues]
        found = {_session(outcome) for outcome in outcomes}
        repeats = sum(isinstance(outcome, DoneBefore) for outcome in outcomes)
        assert len(found) == 1, "a request that is sent twice is done twice, or answered in two ways"
        assert repeats == sum(isinstance(outcome, Session) for outcome in outcomes), "a request that is sent twice is done twice"
        return found.pop()

    async def _use(self, service: str, work: Callable[[Transaction], Awaitable[Any]]) -> Any:  # noqa: ANN401 (whatever it returns)
        """Do work in one transaction, and return what it returns; None where it is refused."""
        try:
            return await self.clinic.network.process(service).do(work)
        except DomainError:
            return None

    def _gateway(self, which: int) -> BookingGateway:
        return self.clinic.network.process("scheduling", which).state["gateway"]


def _key(scope: str, fate: Fate) -> Key | None:
    """Return the key of a request that is sent twice."""
    return None if fate is Fate.ANSWERED else Key(scope, str(new_id()), b"the same body")


def _session(outcome: object) -> SessionId | None:
    """Return which session a request was about; None where it was refused."""
    match outcome:
        case Session():
            return outcome.id
        case DoneBefore(session_id):
            return session_id
        case _:
            return None
