"""What people do, what the network does and what processes do, in any order: the rules of a history."""

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, Final

from contracts.scheduling import CancellationCause
from contracts.types import SessionId
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rooms.places.schemas import NewBlock
from rooms.replanning.schemas import NewReplan
from scheduling.decisions.completion import CompleteSession
from scheduling.decisions.requests import BookingRequest
from scheduling.series.recurrence import Mode
from scheduling.sessions.actions import CancelSession, DeclineOffer, Join, LeaveGroup, MarkNoShow, Reschedule, TakeOffer, UndoEnd
from scheduling.waitlist.schemas import NewEntry

from histories.clinic import AHEAD, BEFORE, Clinics
from histories.desk import Desk, Fate

hours = st.sampled_from([9, 10, 11])
minutes = st.sampled_from([0, 0, 30])
chosen = st.integers(0, 30)
choices = st.integers(0, 2)
processes = st.integers(0, 1)
fates = st.sampled_from([*[Fate.ANSWERED.value] * 5, Fate.UNANSWERED.value, Fate.CRASHED.value, Fate.AT_ONCE.value])
MOST_AT_ONCE: Final = 10
"""Messages that one transaction handles."""


class Histories(RuleBasedStateMachine):
    """A clinic, its desk and its network."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    clinics: ClassVar[Clinics]

    def __init__(self) -> None:
        """Open a clinic that no other history knows."""
        super().__init__()
        self.network = self.clinics.network
        self.clinic = self.do(self.clinics.next())
        self.desk = Desk(self.clinic)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 (whatever it returns)
        """Do something."""
        return self.loop.run_until_complete(work)

    def wanted(self, who: int, whom: int, hour: int, minute: int, *, past: bool, room: int = 0, others: bool = False) -> BookingRequest:
        """Return the request of a session, of one client or of all, in a certain room or in any."""
        clinic = self.clinic
        client = clinic.clients[whom]
        return BookingRequest(
            service_id=clinic.service,
            site_id=clinic.site,
            therapist_id=clinic.therapists[who % 2],
            client_id=client,
            starts_at=clinic.at(hour, minute, days=BEFORE if past else AHEAD),
            backdated=past,
            room_id=clinic.rooms[room - 1] if room else None,
            other_client_ids=tuple(each for each in clinic.clients if others and each != client),
        )

    @initialize(past=st.lists(st.booleans(), min_size=1, max_size=2), hour=hours, stage=st.sampled_from(["requested", "booked", "ended"]))
    def begin(self, past: list[bool], hour: int, stage: str) -> None:
        """Begin with some sessions, one of whose time has come: requested, booked already, or the past ones ended."""
        for number, each in enumerate([*past, True]):
            self.book(number, number, hour, 0, 0, past=each, others=False, fate=Fate.ANSWERED.value)
        if stage != "requested":
            self.everything_arrives()
        if stage == "ended":
            for number in range(len(self.clinic.past)):
                self.end(number, took_place=number != 1, fate=Fate.ANSWERED.value)

    @rule(who=choices, whom=choices, hour=hours, minute=minutes, room=choices, past=st.booleans(), others=st.booleans(), fate=fates)
    def book(self, who: int, whom: int, hour: int, minute: int, room: int, *, past: bool, others: bool, fate: str) -> None:
        """Request a session."""
        session = self.do(self.desk.book(self.wanted(who, whom, hour, minute, past=past, room=room, others=others), Fate(fate)))
        if session is not None:
            self.clinic.sessions.append(session)
            self.clinic.past += [session] if past else []

    @rule(who=choices, whom=choices, hour=hours, all_or_nothing=st.booleans())
    def book_series(self, who: int, whom: int, hour: int, *, all_or_nothing: bool) -> None:
        """Request three days in a row."""
        first = self.wanted(who, whom, hour, 0, past=False)
        self.do(self.desk.book_series(first, "FREQ=DAILY;COUNT=3", Mode.ALL_OR_NOTHING if all_or_nothing else Mode.BEST_EFFORT))

    @precondition(lambda self: self.clinic.series)
    @rule(which=chosen, undo=st.booleans())
    def change_series(self, which: int, *, undo: bool) -> None:
        """Cancel a series, or undo that."""
        series = self.clinic.series[which % len(self.clinic.series)]
        self.do(self.desk.undo_series(series) if undo else self.desk.cancel_series(series))

    @precondition(lambda self: self.clinic.past)
    @rule(which=chosen, took_place=st.sampled_from([True, True, False]), fate=fates)
    def end(self, which: int, *, took_place: bool, fate: str) -> None:
        """Complete a session whose time has come, or mark it as a no-show."""
        session = self.clinic.past[which % len(self.clinic.past)]
        self.do(self.desk.act(CompleteSession(session) if took_place else MarkNoShow(session), Fate(fate)))
        self.clinic.ended.append(session)

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, by_client=st.booleans(), fate=fates)
    def cancel(self, which: int, *, by_client: bool, fate: str) -> None:
        """Call a session off."""
        session = self.one(which)
        cause = CancellationCause.CLIENT if by_client else CancellationCause.THERAPIST
        self.do(self.desk.act(CancelSession(session, "ill", cause), Fate(fate)))
        self.clinic.ended.append(session)

    @precondition(lambda self: self.clinic.ended)
    @rule(which=chosen, fate=fates)
    def undo(self, which: int, fate: str) -> None:
        """Undo how a session ended."""
        self.do(self.desk.act(UndoEnd(self.clinic.ended[which % len(self.clinic.ended)]), Fate(fate)))

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, hour=hours, minute=minutes, fate=fates)
    def reschedule(self, which: int, hour: int, minute: int, fate: str) -> None:
        """Move a session within its day."""
        session = self.one(which)
        starts_at = self.clinic.at(hour, minute, days=BEFORE if session in self.clinic.past else AHEAD)
        self.do(self.desk.act(Reschedule(session, starts_at), Fate(fate)))

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, alternative=choices, fate=fates)
    def accept(self, which: int, alternative: int, fate: str) -> None:
        """Take one of the alternatives that a session was offered."""
        self.do(self.desk.accept(self.one(which), alternative, Fate(fate)))

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, whom=choices, joins=st.booleans(), fate=fates)
    def change_group(self, which: int, whom: int, *, joins: bool, fate: str) -> None:
        """Add a client to a session, or take one out of it."""
        session, client = self.one(which), self.clinic.clients[whom]
        self.do(self.desk.act(Join(session, client) if joins else LeaveGroup(session, client), Fate(fate)))

    @rule(whom=choices)
    def wait_for_a_slot(self, whom: int) -> None:
        """Put a client on the waitlist."""
        clinic = self.clinic
        earliest, latest = clinic.at(8), clinic.at(14)
        self.do(
            self.desk.wait(
                NewEntry(client_id=clinic.clients[whom], service_id=clinic.service, site_id=clinic.site, earliest=earliest, latest=latest)
            )
        )

    @precondition(lambda self: self.clinic.entries)
    @rule(which=chosen, takes=st.booleans())
    def answer_an_offer(self, which: int, *, takes: bool) -> None:
        """Take or leave what was offered to somebody who waits."""
        self.do(self.desk.answer_offer(self.clinic.entries[which % len(self.clinic.entries)], TakeOffer if takes else DeclineOffer))

    @precondition(lambda self: self.clinic.entries)
    @rule()
    def offers_run_out(self) -> None:
        """Let the deadline pass of what is offered to those who wait."""
        self.do(self.desk.let_offers_run_out())

    @rule(room=choices, hour=hours, force=st.booleans())
    def block(self, room: int, hour: int, *, force: bool) -> None:
        """Take a room out of use for an hour, also over its sessions."""
        body = NewBlock(starts_at=self.clinic.at(hour), ends_at=self.clinic.at(hour + 1), reason="carpet")
        self.do(self.desk.block(self.clinic.rooms[room % 2], body, force=force))

    @rule(room=choices, hour=hours)
    def replan(self, room: int, hour: int) -> None:
        """Move the sessions of a room elsewhere and block it."""
        body = NewReplan(starts_at=self.clinic.at(hour), ends_at=self.clinic.at(hour + 2), reason="water", dry_run=False)
        self.do(self.desk.replan(self.clinic.rooms[room % 2], body))

    @precondition(lambda self: self.clinic.blocks)
    @rule()
    def unblock(self) -> None:
        """Use a room again."""
        self.do(self.desk.unblock())

    @precondition(lambda self: self.network.unsent)
    @rule(crash=st.sampled_from([False, False, True]))
    def relay(self, *, crash: bool) -> None:
        """Publish what was sent; a process that ends at the wrong moment publishes it twice."""
        self.do(self.network.relay(crash=crash))

    @precondition(lambda self: self.network.in_flight)
    @rule(which=chosen, at=processes, several=st.booleans(), outcome=st.sampled_from(["done", "done", "done", "again", "rolled back"]))
    def deliver(self, which: int, at: int, outcome: str, *, several: bool) -> None:
        """Deliver a message, or it and those after it; it stays under way where its process ends before or after the commit."""
        some = self.some(which, several=several)
        self.do(self.network.deliver(some, at, crash=outcome == "rolled back"))
        if outcome == "done":
            self.arrived(some)

    @precondition(lambda self: self.network.in_flight)
    @rule(which=chosen, shared=st.booleans())
    def deliver_to_both(self, which: int, *, shared: bool) -> None:
        """Deliver messages to both processes of their services at once: to each of them some, or all of them twice."""
        some = self.some(which, several=True)
        self.do(self.network.deliver_to_both(some, shared=shared))
        self.arrived(some)

    @precondition(lambda self: self.network.in_flight)
    @rule(which=chosen)
    def lose(self, which: int) -> None:
        """Never deliver a message that is sent again until it is answered, or its answer."""
        some = self.some(which, several=False)
        if self.do(self.clinic.may_be_lost(some[0])):
            self.arrived(some)

    @rule(rounds=st.sampled_from([1, 4, 4]))
    def everything_arrives(self, rounds: int = 4) -> None:
        """Let the network work well for a while."""
        for _ in range(rounds):
            self.do(self.network.exchange())

    @rule(name=st.sampled_from(["rooms", "scheduling"]), job=processes, at=processes)
    def time_passes(self, name: str, job: int, at: int) -> None:
        """Do what is due: requests are repeated, confirmations requested again, holds expire."""
        self.do(self.network.run_job(name, job, at))

    @invariant()
    def nothing_is_taken_twice(self) -> None:
        """Look at rooms, people and money."""
        self.do(self.clinic.holds())

    def teardown(self) -> None:
        """Let everything arrive: all agree."""
        self.do(self.clinic.settle())

    def one(self, which: int) -> SessionId:
        """Return one of the sessions."""
        return self.clinic.sessions[which % len(self.clinic.sessions)]

    def some(self, which: int, *, several: bool) -> list[Any]:
        """Return a message that is under way, or it and those after it."""
        first = which % len(self.network.in_flight)
        return self.network.in_flight[first : first + (MOST_AT_ONCE if several else 1)]

    def arrived(self, some: list[Any]) -> None:
        """Take messages off the network."""
        self.network.in_flight = [sent for sent in self.network.in_flight if sent not in some]
