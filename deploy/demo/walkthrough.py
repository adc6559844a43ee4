"""Runs one booking step by step on the terminal, with its real messages: `python -m demo.walkthrough [front] [amqp-url]`.

Without arguments it visits what `make up` runs. It uses a site of its own that never closes, so that it can run
at any hour, and it ends with 0 only if everything happened.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from demo import insurer
from demo.front import Front, Json, RefusedError, UnreachableError, visit
from demo.listener import Listener, NoEventError, listen
from demo.network import HARBOR
from demo.page import Page
from demo.parties import load_example_parties
from demo.running import NothingRunsError, where

SERVICE: Final = "90832"
SITE_NAME: Final = "The Corner Site (never closes)"
ALWAYS: Final = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
LEAD: Final = timedelta(seconds=4)
"""So soon the session begins: later than it is decided, before the audience yawns."""
SHOWN_LENGTH: Final = timedelta(minutes=31)
"""How long the visit is recorded to have taken."""
MOST_CASTS: Final = 20


class UnexpectedOutcomeError(Exception):
    """A step ended differently than the demonstration expects."""


@dataclass(frozen=True, slots=True)
class Participants:
    """Who plays: a therapist and a client, the two who are there before them, and the rooms."""

    service: Json
    site: Json
    therapist: Json
    client: Json
    earlier_therapist: Json
    earlier_client: Json
    room: Json


async def notify(front: Front, listener: Listener, page: Page) -> None:
    """Run the whole demonstration."""
    page.chapter("The stage")
    participants = await gather_participants(front)
    listener.follow(participants.client["id"], participants.earlier_client["id"])
    page.line(f"{participants.therapist['full_name']} sees {participants.client['full_name']} at the {participants.site['site_name']}.")
    price = await preview(front, participants, page)
    session = await book(front, listener, participants, page)
    session = await accept(front, listener, session, page)
    record = await complete(front, listener, session, price, page)
    await pay(front, listener, record, page)
    await claim(front, listener, record, page)
    page.chapter("What the platform has stored about it")
    for step in (await front.get(f"scheduling/sessions/{session['id']}/timeline"))["items"]:
        page.remembered(step)


async def preview(front: Front, participants: Participants, page: Page) -> Json:
    """Return what it will cost before anything is booked."""
    page.chapter("What will it cost?")
    body = {"service_code": SERVICE, "client_id": participants.client["id"], "insurance_applicable": True}
    page.sends("POST /api/billing/preview", f"{SERVICE}: it knows its time and price")
    price = await front.post("billing/preview", body)
    minutes = participants.service["standard_duration"]
    page.line(f"{minutes} minutes at {price['total_amount']} USD, of which {price['contractual_adjustment']} go off by contract;")
    page.line(f"the client owes {price['patient_amount']}, the insurer {price['insurance_amount']}. {price['cancellation']['detail']}")
    expect(price["insurance_covered"], f"no plan takes part: {price['flags']}")
    return price


async def book(front: Front, listener: Listener, participants: Participants, page: Page) -> Json:
    """Request a room that somebody else takes a moment before."""
    page.chapter("Somebody is faster")
    starts_at = datetime.now(UTC) + LEAD
    wanted: Json = {"service_id": participants.service["id"], "site_id": participants.site["id"], "room_id": participants.room["id"]}
    wanted |= {"starts_at": starts_at.isoformat(), "insurance_applicable": True}
    earlier = wanted | {"client_id": participants.earlier_client["id"], "therapist_id": participants.earlier_therapist["id"]}
    page.sends("POST /api/scheduling/sessions", f"{participants.earlier_client['full_name']} gets room {participants.room['room_number']}")
    taken = await front.post("scheduling/sessions", earlier, wait=True)
    expect(taken["status"] == "booked", f"the earlier session is {taken['status']}")
    await listener.wait_for("scheduling.session_booked.v1", taken["id"])
    await listener.wait_for_confirmation(taken["id"])

    page.chapter("The same room at the same time")
    page.sends("POST /api/scheduling/sessions", f"{participants.client['full_name']} requests room {participants.room['room_number']} too")
    session = await front.post(
        "scheduling/sessions", wanted | {"client_id": participants.client["id"], "therapist_id": participants.therapist["id"]}, wait=True
    )
    await listener.wait_for("scheduling.session_offered.v1", session["id"])
    expect(session["status"] == "offered", f"the session is {session['status']}, not offered")
    page.answers(f"room {participants.room['room_number']} is taken; instead:")
    for alternative in session["alternatives"]:
        page.line(f"    room {alternative['room_number']:<4} score {alternative['score']:5.1f}   {', '.join(alternative['reasons'])}")
    return session


async def accept(front: Front, listener: Listener, session: Json, page: Page) -> Json:
    """Take the best alternative."""
    page.chapter("One click")
    best = session["alternatives"][0]
    expect(best["shift_minutes"] == 0, "no other room was free at that time")
    page.sends(f"POST /api/scheduling/sessions/{session['id']}/accept", f"room {best['room_number']}, {best['reasons'][0]}")
    session = await front.post(f"scheduling/sessions/{session['id']}/accept", {"alternative_id": best["id"]}, wait=True)
    expect(session["status"] == "booked", f"the session is {session['status']}, not booked")
    await listener.wait_for("scheduling.session_booked.v1", session["id"])
    await listener.wait_for_confirmation(session["id"])
    page.answers(f"booked: room {session['room_number']} at {session['calculated_rate']} USD")
    return session


async def complete(front: Front, listener: Listener, session: Json, price: Json, page: Page) -> Json:
    """Let the session take place, in no time."""
    page.chapter("The session takes place")
    begins = datetime.fromisoformat(session["starts_at"])
    remaining = (begins - datetime.now(UTC)).total_seconds()
    page.line(f"It begins in {max(remaining, 0):.1f} s; it is then recorded as having taken {SHOWN_LENGTH.seconds // 60} minutes.")
    await asyncio.sleep(max(remaining, 0) + 0.1)
    now = datetime.now(UTC)
    times = {"actual_start": (now - SHOWN_LENGTH).isoformat(), "actual_end": now.isoformat()}
    page.sends(f"POST /api/scheduling/sessions/{session['id']}/complete", "the therapist is done")
    await front.post(f"scheduling/sessions/{session['id']}/complete", times)
    await listener.wait_for("scheduling.session_completed.v1", session["id"])
    created = await listener.wait_for("billing.record_created.v1", session["id"])
    record = await front.get(f"billing/records/{created['record_id']}")
    page.answers(f"one billing record: {record['total_amount']} USD, the client owes {record['patient_amount']}, as previewed before")
    promised = {name: price[name] for name in ("total_amount", "patient_amount", "insurance_amount")}
    expect(promised.items() <= record.items(), f"the preview promised {promised}")
    return record


async def pay(front: Front, listener: Listener, record: Json, page: Page) -> None:
    """Settle the bill."""
    page.chapter("The client pays")
    body = {"amount": record["patient_amount"], "payer": "client", "method": "card", "reference": "demo"}
    page.sends(f"POST /api/billing/records/{record['id']}/payments", f"{record['patient_amount']} USD by card")
    paid = await front.post(f"billing/records/{record['id']}/payments", body)
    await listener.wait_for("billing.payment_status_changed.v1", record["session_id"])
    expect(paid["payment_status"] == "partially_paid", f"the record is {paid['payment_status']}, not partially paid")
    page.answers(f"partially paid; the insurer still owes {paid['balance']}")


async def claim(front: Front, listener: Listener, record: Json, page: Page) -> None:
    """Claim the insurer's part, and post what it answers."""
    page.chapter("The insurer is billed")
    page.sends("POST /api/billing/claims", "checked by rules first, then written as X12 837P")
    batch = await front.post("billing/claims", {"record_ids": [record["id"]]})
    [made] = batch["claims"]
    file = await front.read_file(f"billing/claims/{batch['id']}/837p")
    page.answers(f"claim {made['control_number']} over {made['total_amount']} USD, in {file.count('~')} segments")

    page.chapter("The insurer answers")
    organization = await front.get("billing/organization")
    answer = insurer.remittance(made, record, organization, datetime.now(ZoneInfo(HARBOR.time_zone)).date())
    page.sends("POST /api/billing/remittances", "an X12 835, balanced and matched to its claim")
    remittance = await front.send_file("billing/remittances", answer, "application/edi-x12")
    await listener.wait_for("billing.payment_status_changed.v1", record["session_id"])
    settled = await front.get(f"billing/records/{record['id']}")
    expect(settled["payment_status"] == "paid", f"the record is {settled['payment_status']}, not paid")
    page.answers(f"remittance {remittance['status']}: paid; the balance is {settled['balance']}")


async def gather_participants(front: Front) -> Participants:
    """Find the site and people who are free now; add what is missing."""
    try:
        service = await front.get(f"catalog/services/by-code/{SERVICE}")
    except RefusedError as absent:
        message = f"the catalog has no {SERVICE}: load the demonstration network first (make up)"
        raise UnexpectedOutcomeError(message) from absent
    sites = await front.every("rooms/sites")
    new_site = {"site_name": SITE_NAME, "time_zone": "America/New_York", "opening_hours": ALWAYS, "address": "1 Corner Street, Exampleton"}
    site = next((site for site in sites if site["site_name"] == SITE_NAME), None) or await front.post("rooms/sites", new_site)
    number = await _free_number(front, site)
    suffix = f" {number}" if number > 1 else ""
    therapist, earlier_therapist = [await _therapist(front, f"{name}{suffix}") for name in ("Nadia Narrator", "Otto Overture")]
    client, earlier_client = [await _client(front, f"{name}{suffix}") for name in ("Hanna Heroine", "Frida Faster")]
    await load_example_parties(front, site, {number: therapist}, {number: client})
    room, _ = [await _room(front, site, f"{number}{letter}") for letter in "AB"]
    return Participants(service, site, therapist, client, earlier_therapist, earlier_client, room)


async def _free_number(front: Front, site: Json) -> int:
    """Return the first cast of whom nobody is busy."""
    now = datetime.now(UTC)
    around = {"from": now.isoformat(), "to": (now + timedelta(hours=2)).isoformat()}
    busy = {session["room_number"] for session in await front.every("scheduling/sessions", site_id=site["id"], **around)}
    return next(number for number in range(1, MOST_CASTS) if not busy & {f"{number}A", f"{number}B"})


async def _therapist(front: Front, name: str) -> Json:
    found = await front.every("scheduling/therapists", q=name)
    known = next((person for person in found if person["full_name"] == name), None)
    return known or await front.post("scheduling/therapists", {"full_name": name, "credential": "PhD", "time_zone": "America/New_York"})


async def _client(front: Front, name: str) -> Json:
    found = await front.every("scheduling/clients", q=name)
    known = next((person for person in found if person["full_name"] == name), None)
    email = f"{name.replace(' ', '.').lower()}@example.com"
    return known or await front.post("scheduling/clients", {"full_name": name, "email": email, "time_zone": "America/New_York"})


async def _room(front: Front, site: Json, number: str) -> Json:
    rooms = await front.every("rooms/rooms", site_id=site["id"])
    body = {"site_id": site["id"], "room_number": number, "room_name": f"Parlour {number}", "capacity": 2}
    return next((room for room in rooms if room["room_number"] == number), None) or await front.post("rooms/rooms", body)


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 (an expectation holds or not)
    """Continue only when a step ends as expected."""
    if not holds:
        raise UnexpectedOutcomeError(otherwise)


@asynccontextmanager
async def _at(front_url: str, broker_url: str, page: Page) -> AsyncIterator[tuple[Front, Listener]]:
    async with visit(front_url) as front, listen(broker_url, page.received) as listener:
        yield front, listener


async def main(arguments: list[str]) -> int:
    """Run it; 0 when everything happened."""
    page = Page()
    try:
        front_url, broker_url = where(arguments)
        async with _at(front_url, broker_url, page) as (front, listener):
            await notify(front, listener, page)
    except (UnreachableError, NothingRunsError) as error:
        page.fails(f"The demonstration cannot begin: {error}")
        return 2
    except (UnexpectedOutcomeError, RefusedError, NoEventError) as error:
        page.fails(f"The demonstration ended differently: {error}")
        return 1
    page.chapter("The end")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
