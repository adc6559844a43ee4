"""Whatever happens in a clinic and becomes of its messages: nobody and no room is in two sessions, and all agree in the end.

A history that fails is printed as the steps of ``Histories``, which can be pasted into a test.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, ClassVar, Final

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from testing.databases import Databases
from testing.properties import examples, phases

from histories.clinic import Clinic, at, offered_service
from histories.network import Network, network

PARTS: Final = 6
HISTORIES: Final = 40
"""Of each part; parts run in test processes of their own."""
LONGEST: Final = 20

hours = st.sampled_from([9, 10, 11])
minutes = st.sampled_from([0, 0, 30])
chosen = st.integers(0, 30)
choices = st.integers(0, 2)


class Histories(RuleBasedStateMachine):
    """What people do, what the network does and what processes do, in any order."""

    loop: ClassVar[asyncio.Runner]
    network: ClassVar[Network]
    service: ClassVar[str]

    def __init__(self) -> None:
        """Open a clinic that no other history knows."""
        super().__init__()
        self.clinic = Clinic(self.network, self.service)
        self.do(self.clinic.open())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 (whatever it returns)
        """Do something."""
        return self.loop.run(work)

    def wanted(self, who: int, whom: int, hour: int, minute: int, *, past: bool) -> dict[str, Any]:
        """Return the body of a booking."""
        clinic = self.clinic
        return {
            "service_id": clinic.service,
            "site_id": clinic.site,
            "therapist_id": clinic.therapists[who % 2],
            "client_id": clinic.clients[whom],
            "starts_at": at(hour, minute, days=-2 if past else 8),
            "backdated": past,
        }

    @initialize(past=st.lists(st.booleans(), min_size=2, max_size=3), hour=hours, stage=st.sampled_from(["requested", "booked", "ended"]))
    def begin(self, past: list[bool], hour: int, stage: str) -> None:
        """Begin with some sessions that are requested, or booked already, or have ended where their time has come."""
        for number, each in enumerate(past):
            self.book(number, number, hour, 0, 0, past=each, others=False)
        if stage != "requested":
            self.everything_arrives(rounds=3)
        if stage == "ended":
            for number in range(len(self.clinic.past)):
                self.end(number, took_place=number != 1)

    @rule(who=choices, whom=choices, hour=hours, minute=minutes, room=choices, past=st.booleans(), others=st.booleans())
    def book(self, who: int, whom: int, hour: int, minute: int, room: int, *, past: bool, others: bool) -> None:
        """Request a session, of one client or of all, in a certain room or in any."""
        body = self.wanted(who, whom, hour, minute, past=past)
        if room:
            body["room_id"] = self.clinic.rooms[room - 1]
        if others:
            body["other_client_ids"] = [client for client in self.clinic.clients if client != body["client_id"]]
        session = self.do(self.clinic.request("scheduling", "POST", "/sessions", **body))
        if "id" in session:
            self.clinic.sessions.append(session["id"])
            self.clinic.past += [session["id"]] if past else []

    @rule(who=choices, whom=choices, hour=hours)
    def book_series(self, who: int, whom: int, hour: int) -> None:
        """Request three days in a row."""
        body = self.wanted(who, whom, hour, 0, past=False)
        del body["backdated"]
        body |= {"recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}, "mode": "best_effort"}
        series = self.do(self.clinic.request("scheduling", "POST", "/series", **body))
        self.clinic.sessions += [session["id"] for session in series.get("occurrences", []) if "id" in session]

    @precondition(lambda self: self.clinic.past)
    @rule(which=chosen, took_place=st.sampled_from([True, True, False]))
    def end(self, which: int, *, took_place: bool) -> None:
        """Complete a session whose time has come, or mark it as a no-show."""
        session = self.clinic.past[which % len(self.clinic.past)]
        self.step(session, "complete" if took_place else "no-show")
        self.clinic.ended.append(session)

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen)
    def cancel(self, which: int) -> None:
        """Call a session off."""
        session = self.one(which)
        self.step(session, "cancel", reason="ill")
        self.clinic.ended.append(session)

    @precondition(lambda self: self.clinic.ended)
    @rule(which=chosen)
    def undo(self, which: int) -> None:
        """Undo how a session ended."""
        self.step(self.clinic.ended[which % len(self.clinic.ended)], "undo")

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, hour=hours, minute=minutes)
    def reschedule(self, which: int, hour: int, minute: int) -> None:
        """Move a session within its day."""
        session = self.one(which)
        self.step(session, "reschedule", starts_at=at(hour, minute, days=-2 if session in self.clinic.past else 8))

    @precondition(lambda self: self.clinic.sessions)
    @rule(which=chosen, alternative=choices)
    def accept(self, which: int, alternative: int) -> None:
        """Take one of the alternatives that a session was offered."""
        session = self.one(which)
        seen = self.do(self.clinic.request("scheduling", "GET", f"/sessions/{session}"))
        if offers := seen["alternatives"]:
            self.step(session, "accept", alternative_id=offers[alternative % len(offers)]["id"])

    @rule(whom=choices)
    def wait_for_a_slot(self, whom: int) -> None:
        """Put a client on the waitlist."""
        clinic = self.clinic
        body = {"client_id": clinic.clients[whom], "service_id": clinic.service, "site_id": clinic.site}
        entry = self.do(clinic.request("scheduling", "POST", "/waitlist", **body, earliest=at(8), latest=at(14)))
        if "id" in entry:
            clinic.entries.append(entry["id"])

    @precondition(lambda self: self.clinic.entries)
    @rule(which=chosen, what=st.sampled_from(["accept", "decline"]))
    def answer_an_offer(self, which: int, what: str) -> None:
        """Take or leave what was offered to somebody who waits."""
        entry = self.clinic.entries[which % len(self.clinic.entries)]
        self.do(self.clinic.request("scheduling", "POST", f"/waitlist/{entry}/{what}"))

    @rule(room=choices, hour=hours, force=st.booleans())
    def block(self, room: int, hour: int, *, force: bool) -> None:
        """Take a room out of use for an hour, also over its sessions."""
        path = f"/rooms/{self.clinic.rooms[room % 2]}/blocks" + ("?force=true" if force else "")
        body = {"starts_at": at(hour), "ends_at": at(hour + 1), "reason": "carpet"}
        block = self.do(self.clinic.request("rooms", "POST", path, **body))
        if "id" in block:
            self.clinic.blocks.append(block["id"])

    @rule(room=choices, hour=hours)
    def replan(self, room: int, hour: int) -> None:
        """Move the sessions of a room elsewhere and block it."""
        body = {"starts_at": at(hour), "ends_at": at(hour + 2), "reason": "water", "dry_run": False}
        self.do(self.clinic.request("rooms", "POST", f"/rooms/{self.clinic.rooms[room % 2]}/replan", **body))

    @precondition(lambda self: self.clinic.blocks)
    @rule()
    def unblock(self) -> None:
        """Use a room again."""
        self.do(self.clinic.request("rooms", "DELETE", f"/blocks/{self.clinic.blocks.pop()}"))

    @rule(crash=st.sampled_from([False, False, True]))
    def relay(self, *, crash: bool) -> None:
        """Publish what was sent; a process that ends at the wrong moment publishes it twice."""
        self.do(self.network.relay(*self.network.replicas, crash=crash))

    @precondition(lambda self: self.network.in_flight)
    @rule(which=chosen, several=st.booleans(), outcome=st.sampled_from(["done", "done", "done", "again", "rolled back"]))
    def deliver(self, which: int, outcome: str, *, several: bool) -> None:
        """Deliver a message, or it and the ten after it; it stays under way where its process ends before or after the commit."""
        first = which % len(self.network.in_flight)
        some = self.network.in_flight[first : first + (10 if several else 1)]
        self.do(self.network.deliver(some, crash=outcome == "rolled back"))
        if outcome == "done":
            self.network.in_flight = [sent for sent in self.network.in_flight if sent not in some]

    @rule(rounds=st.sampled_from([1, 3, 3]))
    def everything_arrives(self, rounds: int) -> None:
        """Let the network work well for a while."""
        for _ in range(rounds):
            self.do(self.clinic.exchange())

    @rule(name=st.sampled_from(["rooms", "scheduling"]))
    def time_passes(self, name: str) -> None:
        """Do what is due: requests are repeated, confirmations requested again."""
        self.do(self.network.replicas[name].run_jobs())

    @invariant()
    def nothing_is_taken_twice(self) -> None:
        """Look at rooms, people and money."""
        self.do(self.clinic.holds())

    def teardown(self) -> None:
        """Let everything arrive: all agree."""
        self.do(self.clinic.settle())

    def step(self, session: str, name: str, **body: Any) -> None:
        """Take a step of a session's life."""
        self.do(self.clinic.request("scheduling", "POST", f"/sessions/{session}/{name}", **body))

    def one(self, which: int) -> str:
        """Return one of the sessions."""
        return self.clinic.sessions[which % len(self.clinic.sessions)]


@pytest.fixture(scope="module")
def histories(databases: Databases) -> Iterator[type[Histories]]:
    """Run the services for the histories of one test process."""
    with asyncio.Runner() as runner:
        open_network = network(databases)
        Histories.loop, Histories.network = runner, runner.run(open_network.__aenter__())
        Histories.service = runner.run(offered_service(Histories.network))
        yield Histories
        runner.run(open_network.__aexit__(None, None, None))


@pytest.mark.hypothesis
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_nothing_is_taken_twice_and_all_agree_in_the_end(part: int, histories: type[Histories]) -> None:
    """Try histories of a part; each part draws others."""
    few = settings(max_examples=examples(HISTORIES), stateful_step_count=LONGEST, deadline=None, phases=phases())
    run_state_machine_as_test(seed(part)(histories), settings=few)
