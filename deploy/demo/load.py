"""Loads the demonstration network through the public API: `python -m demo.load http://127.0.0.1:8080`.

What is there already is left alone, so a second run changes nothing and an interrupted one continues.
"""

import asyncio
import csv
import io
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from demo.coverage import INSURED, load_coverage
from demo.extras import load_extras
from demo.front import Front, Json, RefusedError, UnreachableError, visit
from demo.network import CLIENTS, FOR_TWO, PRICE_CHANGES, SITES, THERAPISTS, Client, services
from demo.parties import load_diagnosis_codes, load_parties
from demo.plan import DAYS_AHEAD, DAYS_BACK, Ending, Plan, Visit, plan

HOME: Final = ZoneInfo(SITES[0].time_zone)
RECORDED_AT_MOST: Final = timedelta(days=30)
RECORDS_WITHIN_S: Final = 120.0
LOOK_EVERY_S: Final = 0.2
CENT: Final = Decimal("0.01")
OWN_RULES: Final = frozenset({"short-notice"})
"""What keeps out sessions of the next hours where the clinic has rules of its own already."""
UNSETTLED: Final = frozenset({"requested", "offered", "rejected"})
"""What no session of the plan remains that should have a room."""
SHOWN: Final = 5
"""Surprises that are printed in full."""

T = TypeVar("T")


@dataclass(slots=True)
class Network:
    """What the platform has by now of the demonstration, by what the plan calls it."""

    first_day: date
    services: dict[str, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    therapists: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    """By the e-mail of the client with whom they come."""
    sessions: dict[tuple[str, date], Json] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)
    """What did not go as planned."""


async def load(front: Front) -> Network:
    """Bring everything that is missing."""
    with timed("services and prices") as progress:
        codes = await load_services(front)
        progress(f"{len(codes)} services")
    with timed("sites and rooms") as progress:
        sites, rooms = await load_sites(front)
        progress(f"{len(sites)} sites, {rooms} rooms")
    with timed("people") as progress:
        therapists = await load_therapists(front, sites)
        clients, first_day = await load_clients(front)
        progress(f"{len(therapists)} therapists, {len(clients)} clients")
    with timed("who pays") as progress:
        progress(await load_coverage(front, clients))
    with timed("diagnosis codes") as progress:
        progress(await load_diagnosis_codes(front))
    with timed("claims and documents") as progress:
        progress(await load_parties(front, sites, therapists, clients))
    network = Network(first_day, codes, sites, therapists, clients)
    await schedule_prices(front, network)
    planned = plan(first_day)
    network.partners = await load_partners(front, planned)
    with timed("sessions") as progress:
        network.sessions = await find_sessions(front, network)
        booked = await book_all(front, network, planned.visits)
        progress(f"{booked} booked, {len(network.sessions) - booked} were there")
    with timed("alternatives") as progress:
        progress(await settle_offers(front, network, planned))
    with timed("what became of them") as progress:
        progress(await end_all(front, network, planned.visits))
    unsettled = Counter(status for one in planned.visits if (status := _status(network, one)) in UNSETTLED)
    network.surprises += [f"{number} sessions are {status}" for status, number in unsettled.items()]
    with timed("payments") as progress:
        progress(await take_payments(front, network, planned.visits))
    with timed("beyond a booking") as progress:
        progress(await load_extras(front, codes, sites, therapists, first_day))
    return network


async def load_services(front: Front) -> dict[str, str]:
    """Import the services that are missing; return the ids by code."""
    found = {service["service_code"]: service["id"] for service in await front.every("catalog/services")}
    if missing := [line for code, line in services().items() if code not in found]:
        sheet = io.StringIO(newline="")
        writer = csv.DictWriter(sheet, list(missing[0]))
        writer.writeheader()
        writer.writerows(missing)
        await front.send_file("catalog/services/import", sheet.getvalue())
        found = {service["service_code"]: service["id"] for service in await front.every("catalog/services")}
    return found


async def load_sites(front: Front) -> tuple[dict[str, str], int]:
    """Add the sites and rooms that are missing; return the sites' ids by name, and how many rooms they have."""
    sites = {site["site_name"]: site["id"] for site in await front.every("rooms/sites")}
    for site in SITES:
        if site.name not in sites:
            body = {"site_name": site.name, "time_zone": site.time_zone, "opening_hours": site.opening_hours, "address": site.address}
            sites[site.name] = (await front.post("rooms/sites", body, key=f"demo site {site.name}"))["id"]
    there = {(room["site_id"], room["room_number"]) for room in await front.every("rooms/rooms")}
    missing = [(site, room) for site in SITES for room in site.rooms if (sites[site.name], room.number) not in there]
    await all_of(
        front.post(
            "rooms/rooms",
            {
                "site_id": sites[site.name],
                "room_number": room.number,
                "room_name": room.name,
                "capacity": room.capacity,
                "equipment": room.equipment,
                "turnover_minutes": room.turnover_minutes,
            },
            key=f"demo room {site.name} {room.number}",
        )
        for site, room in missing
    )
    return {site.name: sites[site.name] for site in SITES}, sum(len(site.rooms) for site in SITES)


async def load_therapists(front: Front, sites: dict[str, str]) -> dict[str, str]:
    """Add the therapists who are missing; return the ids by NPI."""
    found = {person["npi"]: person["id"] for person in await front.every("scheduling/therapists")}
    missing = [therapist for therapist in THERAPISTS if therapist.npi not in found]
    added = await all_of(
        front.post(
            "scheduling/therapists",
            {
                "full_name": therapist.full_name,
                "npi": therapist.npi,
                "credential": therapist.credential,
                "time_zone": therapist.site.time_zone,
                "site_ids": [sites[therapist.site.name]],
            },
            key=f"demo therapist {therapist.npi}",
        )
        for therapist in missing
    )
    found |= {person["npi"]: person["id"] for person in added}
    return {therapist.npi: found[therapist.npi] for therapist in THERAPISTS}


async def load_clients(front: Front) -> tuple[dict[str, str], date]:
    """Add the clients who are missing; return the ids by e-mail, and the day on which the first of them was added."""
    found = {person["email"]: person for person in await front.every("scheduling/clients")}
    missing = [client for client in CLIENTS if client.email not in found]
    added = await all_of(front.post("scheduling/clients", _client(client), key=f"demo client {client.email}") for client in missing)
    found |= {person["email"]: person for person in added}
    own = [found[client.email] for client in CLIENTS]
    first = min(datetime.fromisoformat(person["created_at"]) for person in own)
    return {person["email"]: person["id"] for person in own}, first.astimezone(HOME).date()


async def load_partners(front: Front, planned: Plan) -> dict[str, str]:
    """Add the partners who are missing; return their ids by the e-mail of the client with whom they come."""
    visits = (*planned.visits, *planned.wanted, *(visit for visit, _ in planned.impossible))
    together = {visit.client.email: visit.client for visit in visits if visit.service_code in FOR_TWO}
    found = {person["email"]: person["id"] for person in await front.every("scheduling/clients")}
    partners = {
        email: replace(client, full_name=f"Robin {client.full_name.split()[-1]}", email=f"partner.{email}")
        for email, client in together.items()
    }
    missing = [partner for partner in partners.values() if partner.email not in found]
    added = await all_of(front.post("scheduling/clients", _client(partner), key=f"demo client {partner.email}") for partner in missing)
    found |= {person["email"]: person["id"] for person in added}
    return {email: found[partner.email] for email, partner in partners.items()}


def _client(client: Client) -> Json:
    zone = client.therapist.site.time_zone
    return {"full_name": client.full_name, "email": client.email, "phone": client.phone, "time_zone": zone}


async def schedule_prices(front: Front, network: Network) -> None:
    """Schedule the prices to come, as long as they are to come."""
    for change in PRICE_CHANGES:
        begins, path = change.begins(network.first_day), f"catalog/services/{network.services[change.service_code]}/rates"
        rates = await front.every(path)
        if begins > datetime.now(HOME).date() and all(date.fromisoformat(rate["effective_from"]) < begins for rate in rates):
            body = {"amount": str(change.amount), "effective_from": begins.isoformat()}
            await front.post(path, body, key=f"demo price {change.service_code} {begins}")


async def find_sessions(front: Front, network: Network) -> dict[tuple[str, date], Json]:
    """Return the sessions of the plan that are there already, by client and day."""
    emails = {key: email for email, key in network.clients.items()}
    zones = {network.sites[site.name]: ZoneInfo(site.time_zone) for site in SITES}
    opened = datetime.combine(network.first_day, datetime.min.time(), UTC)
    since, until = opened - timedelta(days=DAYS_BACK + 2), opened + timedelta(days=DAYS_AHEAD + 3)
    return {
        (emails[session["client_id"]], datetime.fromisoformat(session["starts_at"]).astimezone(zones[session["site_id"]]).date()): session
        for session in await front.every("scheduling/sessions", **{"from": since.isoformat(), "to": until.isoformat()})
        if session["client_id"] in emails and session["site_id"] in zones
    }


async def book_all(front: Front, network: Network, visits: Sequence[Visit]) -> int:
    """Book what is missing, many at once; return how many that were."""
    earliest = datetime.now(UTC) - RECORDED_AT_MOST
    missing = [one for one in visits if one.key not in network.sessions and one.starts_at > earliest]
    sessions = await all_of(_book(front, network, one) for one in missing)
    network.sessions |= {one.key: session for one, session in zip(missing, sessions, strict=True) if session}
    return sum(session is not None for session in sessions)


async def _book(front: Front, network: Network, wanted: Visit, expected: frozenset[str] = frozenset()) -> Json | None:
    """Book one session; None when it is refused, which is a surprise unless it is expected."""
    body: Json = {
        "client_id": network.clients[wanted.client.email],
        "therapist_id": network.therapists[wanted.therapist.npi],
        "service_id": network.services[wanted.service_code],
        "site_id": network.sites[wanted.site.name],
        "starts_at": wanted.starts_at.isoformat(),
        "insurance_applicable": wanted.client.email in INSURED,
        "backdated": wanted.starts_at <= datetime.now(UTC) + timedelta(minutes=1),
    }
    if wanted.service_code in FOR_TWO:
        body["other_client_ids"] = [network.partners[wanted.client.email]]
    if wanted.wants_room_of:
        body["room_id"] = network.sessions[wanted.wants_room_of.key]["room_id"]
    if wanted.capacity or wanted.equipment:
        body["room_requirements"] = {"capacity": wanted.capacity, "equipment": wanted.equipment}
    purpose = "clash" if expected else "visit"
    key = f"demo {purpose} {wanted.client.email} {wanted.starts_at.isoformat()} {wanted.therapist.npi} {body['backdated']}"
    try:
        return await front.post("scheduling/sessions", body, key=key, wait=True)
    except RefusedError as refusal:
        if {error["code"] for error in refusal.problem.get("errors", [])} - OWN_RULES != expected:
            network.surprises.append(f"{wanted.service_code} at {wanted.site.name}, {wanted.starts_at:%a %d %b %H:%M}: {refusal}")
        return None


async def settle_offers(front: Front, network: Network, planned: Plan) -> str:
    """Request rooms that are taken and people who are busy, and take most of the alternatives that are offered."""
    wanted = [one for one in planned.wanted if one.key not in network.sessions and _has_room(network, one)]
    booked = await all_of(_book(front, network, one) for one in wanted)
    network.sessions |= {one.key: session for one, session in zip(wanted, booked, strict=True) if session}
    refused = await all_of(
        _book(front, network, one, expected) for one, expected in planned.impossible if one.starts_at > datetime.now(UTC)
    )
    for unexpected in filter(None, refused):
        network.surprises.append(f"session {unexpected['id']} was expected to be refused")
    offered = [one for one in (*planned.visits, *planned.wanted) if _status(network, one) == "offered" and one.accepts]
    settled = await all_of(_accept(front, network.sessions[one.key]) for one in offered)
    network.sessions |= {one.key: session for one, session in zip(offered, settled, strict=True)}
    left = sum(_status(network, one) == "offered" for one in planned.wanted)
    return f"{len(settled)} accepted, {left} left to choose from, {len(refused)} requested busy people"


def _has_room(network: Network, wanted: Visit) -> bool:
    other = network.sessions.get(wanted.wants_room_of.key) if wanted.wants_room_of else None
    return other is not None and other["status"] == "booked" and wanted.starts_at > datetime.now(UTC)


def _status(network: Network, one: Visit) -> str:
    return network.sessions[one.key]["status"] if one.key in network.sessions else "absent"


async def _accept(front: Front, session: Json) -> Json:
    """Take the best alternative, and if somebody was faster the best that is left, until there is none."""
    while session["status"] == "offered" and session["alternatives"]:
        body = {"alternative_id": session["alternatives"][0]["id"]}
        try:
            session = await front.post(f"scheduling/sessions/{session['id']}/accept", body, wait=True)
        except RefusedError:
            session["alternatives"].pop(0)
    return session


async def end_all(front: Front, network: Network, visits: Sequence[Visit]) -> str:
    """Record the outcome of past sessions, and cancel some future ones."""
    due = [one for one in visits if one.ending and _status(network, one) == "booked"]
    ended = await all_of(_end(front, network, one) for one in due)
    network.sessions |= {one.key: session for one, session in zip(due, ended, strict=True) if session}
    now = Counter(session["status"] for session in network.sessions.values())
    return ", ".join(f"{now[status]} {status.replace('_', '-')}" for status in ("completed", "cancelled", "no_show", "booked"))


async def _end(front: Front, network: Network, one: Visit) -> Json | None:
    path = f"scheduling/sessions/{network.sessions[one.key]['id']}"
    try:
        match one.ending:
            case Ending.COMPLETED if one.actual_start and one.actual_end:
                times = {"actual_start": one.actual_start.isoformat(), "actual_end": one.actual_end.isoformat()}
                return await front.post(f"{path}/complete", times)
            case Ending.MISSED:
                return await front.post(f"{path}/no-show")
            case _:
                return await front.post(f"{path}/cancel", {"reason": "the client asked for it"})
    except RefusedError as refusal:
        network.surprises.append(f"{one.client.full_name}, {one.starts_at:%a %d %b}: {refusal}")
        return None


async def take_payments(front: Front, network: Network, visits: Sequence[Visit]) -> str:
    """Wait for the records of the completed sessions, and take what clients have paid."""
    completed = {network.sessions[one.key]["id"]: one for one in visits if _status(network, one) == "completed"}
    records = await _records(front, network, set(completed))
    due = [(record, share) for key, record in records.items() if (share := completed[key].share_paid) and _is_unpaid(record)]
    await all_of(_pay(front, record, share) for record, share in due)
    missing = len(completed) - len(records)
    if missing:
        network.surprises.append(f"{missing} completed sessions have no billing record after {RECORDS_WITHIN_S:.0f} s")
    return f"{len(due)} taken, {len(records)} records"


async def _records(front: Front, network: Network, wanted: set[str]) -> dict[str, Json]:
    deadline = time.monotonic() + RECORDS_WITHIN_S
    since = network.first_day - timedelta(days=DAYS_BACK + 1)
    while True:
        every = await front.every("billing/records", **{"from": since.isoformat()})
        found = {record["session_id"]: record for record in every if record["session_id"] in wanted}
        if len(found) == len(wanted) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(LOOK_EVERY_S)


def _is_unpaid(record: Json) -> bool:
    return record["payment_status"] == "pending" and Decimal(record["patient_amount"]) > 0


async def _pay(front: Front, record: Json, share: int) -> None:
    amount = (Decimal(record["patient_amount"]) * share / 100).quantize(CENT, ROUND_HALF_UP)
    reference = f"R-{record['session_id'][-8:]}"
    body = {"amount": f"{amount:.2f}", "payer": "client", "method": "card", "reference": reference}
    await front.post(f"billing/records/{record['id']}/payments", body, key=f"demo payment {record['id']}")


async def all_of(work: Iterable[Awaitable[T]]) -> list[T]:
    """Do everything at once, as far as the front lets; the results come in order."""
    return await asyncio.gather(*work)


@contextmanager
def timed(what: str) -> Iterator["Progress"]:
    """Print what was done and how long it took."""
    began, progress = time.monotonic(), Progress()
    yield progress
    print(f"  {what:<20} {progress.text:<62} {time.monotonic() - began:5.1f} s", flush=True)


@dataclass(slots=True)
class Progress:
    """Holds the text of a step's result."""

    text: str = ""

    def __call__(self, text: str) -> None:
        """Set the text."""
        self.text = text


async def main(url: str) -> int:
    """Load the network; 0 when everything that was planned is there."""
    began = time.monotonic()
    print(f"loading the demonstration network into {url}", flush=True)
    try:
        async with visit(url) as front:
            network = await load(front)
    except (UnreachableError, RefusedError) as error:
        print(f"the demonstration network cannot be loaded: {error}", file=sys.stderr)
        return 1
    for surprise in network.surprises[:SHOWN]:
        print(f"  not as planned: {surprise}", file=sys.stderr)
    if len(network.surprises) > SHOWN:
        print(f"  … and {len(network.surprises) - SHOWN} more", file=sys.stderr)
    print(f"  {len(network.sessions)} sessions in {time.monotonic() - began:.1f} s", flush=True)
    return 1 if network.surprises else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 (the program and the address)
        sys.exit("usage: python -m demo.load http://127.0.0.1:8080")
    sys.exit(asyncio.run(main(sys.argv[1].rstrip("/"))))
