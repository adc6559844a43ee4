"""A request for every list and read of every service, with the parameters that matter, against a network of `network_rows`.

A GET route without a row here fails `tests/contracts/test_reads.py` and `make bench ARGS=reads`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, urlencode

import asyncpg

METHOD: Final = "get"


class Kind(StrEnum):
    """How an answer grows with the network."""

    READ = "read"
    """One thing, or one page of a list: as fast in a large network as in a small one."""
    REPORT = "report"
    """A sum or a count of all that fits."""
    PAPER = "paper"
    """A file that takes more to draw than to look up."""
    WHOLE = "whole"
    """Everything that fits, as one file."""
    LIVE = "live"
    """Never ends."""


LIMIT_MS: Final = {Kind.READ: 15.0, Kind.REPORT: 500.0}
"""Of one answer at a million bookings."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; ``{name}`` in the path, the parameters and the body stands for a value of the network."""

    route: str
    """As the OpenAPI document names it."""
    params: tuple[tuple[str, str], ...] = ()
    kind: Kind = Kind.READ
    method: str = METHOD
    body: tuple[tuple[str, str], ...] = ()
    limit_ms: float | None = None
    """Where it is not its kind's."""

    @property
    def most_ms(self) -> float | None:
        """How long it may take at a million bookings; None where nothing is required."""
        return self.limit_ms or LIMIT_MS.get(self.kind)

    @property
    def name(self) -> str:
        """What it is called in a table."""
        reported = " ".join(f"{name}={value.strip('{}')}" for name, value in (*self.params, *self.body))
        return f"{'' if self.method == METHOD else self.method.upper() + ' '}{self.route} {reported}".strip()

    def path(self, values: dict[str, str]) -> str:
        """Return the path with its query."""
        filled = [(name, value.format_map(values)) for name, value in self.params]
        at = self.route.format_map({name: quote(value) for name, value in values.items()})
        return f"{at}?{urlencode(filled)}" if filled else at

    def content(self, values: dict[str, str]) -> dict[str, Any] | None:
        """Return the body, or None."""
        return {name: value.format_map(values) for name, value in self.body} or None


def _of(route: str, *variants: dict[str, str], kind: Kind = Kind.READ, limit_ms: float | None = None) -> Iterator[Ask]:
    for params in variants or ({},):
        yield Ask(route, tuple(params.items()), kind, limit_ms=limit_ms)


PAGE: Final = {"limit": "50"}
MONTH: Final = {"from": "{month_begin}", "to": "{month_end}"}
OPERATIONS: Final = (
    *_of("/healthz"),
    *_of("/readyz"),
    *_of("/metrics", kind=Kind.REPORT),
    *_of("/operations"),
    *_of("/operations/parked", PAGE),
)
SESSION_BODY: Final = (
    ("client_id", "{client_id}"),
    ("therapist_id", "{therapist_id}"),
    ("service_id", "{service_id}"),
    ("site_id", "{site_id}"),
    ("starts_at", "{free_at}"),
)

CATALOG: Final = (
    *_of("/services/export.csv", kind=Kind.WHOLE),
    *_of("/services", PAGE, {"is_active": "true"}, {"service_type": "psychotherapy"}, {"q": "psycho"}),
    *_of("/services/by-code/{code}"),
    *_of("/services/{service_id}"),
    *_of("/services/{service_id}/rates", PAGE),
    *_of("/services/{service_id}/rates/on/{day}"),
    *OPERATIONS,
)

ROOMS: Final = (
    *_of("/sites", PAGE, {"is_active": "true"}),
    *_of("/sites/{site_id}"),
    *_of("/sites/{site_id}/special-days"),
    *_of("/rooms", PAGE, {"site_id": "{site_id}"}, {"is_active": "true"}),
    *_of("/rooms/{room_id}"),
    *_of("/equipment"),
    *_of("/rooms/{room_id}/blocks", PAGE),
    *_of("/availability", {"site_id": "{site_id}", "starts_at": "{starts_at}", "ends_at": "{ends_at}"}, limit_ms=5),
    *_of("/alternatives", {"site_id": "{site_id}", "starts_at": "{starts_at}", "ends_at": "{ends_at}", "room_id": "{room_id}"}, limit_ms=8),
    *_of("/calendar", {"site_id": "{site_id}", "day": "{day}"}, limit_ms=5),
    *_of("/calendar", {"site_id": "{site_id}", "week": "{week}"}, limit_ms=12),
    *_of("/calendar", {"site_id": "{site_id}", "month": "{month}"}, kind=Kind.REPORT),
    *_of("/utilization", {"site_id": "{site_id}", "day": "{day}"}, {"site_id": "{site_id}", "week": "{week}"}),
    *_of("/utilization", {"site_id": "{site_id}", "month": "{month}"}, kind=Kind.REPORT),
    *_of(
        "/holds",
        PAGE,
        {"site_id": "{site_id}"},
        {"room_id": "{room_id}"},
        {"session_id": "{session_id}"},
        {"status": "confirmed"},
        {"status": "held"},
        {"status": "refused"},
        {"site_id": "{site_id}", "status": "confirmed"},
        {"site_id": "{site_id}", "status": "held"},
        {"needs_replanning": "true"},
        {"site_id": "{site_id}", "needs_replanning": "true"},
        {"site_id": "{site_id}", "needs_replanning": "true", "soonest_first": "true"},
    ),
    *_of("/holds/{hold_id}"),
    *_of("/replans/{replan_id}"),
    *OPERATIONS,
)

SCHEDULING: Final = (
    *_of("/reconciliations/{comparison_id}"),
    *_of("/first-available", {"service_id": "{service_id}", "site_id": "{site_id}"}, limit_ms=100),
    *_of("/first-available", {"service_id": "{service_id}", "site_id": "{every_site_id}"}, limit_ms=100),
    *_of("/first-available", {"service_id": "{service_id}", "site_id": "{every_site_id}", "client_id": "{client_id}"}, limit_ms=100),
    *_of("/first-available", {"service_id": "{service_id}", "site_id": "{site_id}", "therapist_id": "{therapist_id}"}, limit_ms=100),
    *_of("/day-sheet", {"site_id": "{site_id}", "day": "{day}"}, limit_ms=15),
    *_of(
        "/sessions",
        PAGE,
        {"site_id": "{site_id}", "day": "{day}"},
        {"site_id": "{site_id}"},
        {"therapist_id": "{therapist_id}"},
        {"client_id": "{client_id}"},
        {"room_id": "{room_id}"},
        {"ids": "{session_id}"},
        {"status": "booked"},
        {"status": "offered"},
        {"site_id": "{site_id}", "status": "booked"},
        {"site_id": "{site_id}", "therapist_id": "{therapist_id}"},
        {"from": "{now}"},
        {"to": "{month_begin}T00:00:00Z"},
        {"q": "{client_name}"},
        {"q": "{client_name}", "site_id": "{site_id}"},
    ),
    *_of("/sessions/{session_id}"),
    *_of("/sessions/{session_id}/timeline"),
    *_of("/series", PAGE, {"client_id": "{series_client_id}"}),
    *_of("/series/{series_id}"),
    *_of("/series/{series_id}/moves", PAGE),
    *_of("/therapists", PAGE, {"q": "therapist 03"}, {"site_id": "{site_id}"}, {"is_active": "true"}, {"ids": "{therapist_id}"}),
    *_of("/therapists/{therapist_id}"),
    *_of("/clients", PAGE, {"q": "client 0001"}, {"q": "cli"}, {"q": "nobody at all"}, {"ids": "{client_id}"}),
    *_of("/clients/{client_id}"),
    *_of("/therapists/{therapist_id}/working-hours"),
    *_of("/therapists/{therapist_id}/time-off", PAGE),
    *_of("/policies"),
    *_of("/travel-times"),
    *_of("/overrides", PAGE, {"session_id": "{session_id}"}, {"from": "{month_begin}T00:00:00Z", "to": "{month_end}T00:00:00Z"}),
    *_of("/services/{service_id}/rates/impact", {"amount": "195.00", "effective_from": "{today}"}, kind=Kind.REPORT),
    *_of(
        "/waitlist",
        PAGE,
        {"site_id": "{site_id}"},
        {"client_id": "{client_id}"},
        {"status": "waiting"},
        {"status": "withdrawn"},
        {"site_id": "{site_id}", "status": "waiting"},
    ),
    *_of("/waitlist/{entry_id}"),
    *_of("/operations/sagas", PAGE, kind=Kind.REPORT),
    *_of("/events", kind=Kind.LIVE),
    Ask("/sessions/check", method="post", body=SESSION_BODY, limit_ms=12),
    Ask("/sessions/check", method="post", body=(*SESSION_BODY[:-1], ("starts_at", "{starts_at}")), limit_ms=12),
    Ask("/sessions/alternatives", method="post", body=SESSION_BODY, limit_ms=100),
    *OPERATIONS,
)

RECORD_FILTERS: Final = (
    PAGE,
    {"session_id": "{session_id}"},
    {"client_id": "{client_id}"},
    {"site_id": "{site_id}"},
    {"payment_status": "paid"},
    {"payment_status": "pending"},
    {"payment_status": "voided"},
    {"site_id": "{site_id}", "payment_status": "pending"},
    {"site_id": "{site_id}", "payment_status": "voided"},
    {"client_id": "{client_id}", "payment_status": "voided"},
    {"client_id": "{client_id}", "site_id": "{site_id}"},
    MONTH,
    {"site_id": "{site_id}", **MONTH},
    {"payment_status": "voided", **MONTH},
    {"to": "{first_day}"},
    {"open": "true"},
    {"open": "false"},
    {"site_id": "{site_id}", "open": "true"},
    {"open": "true", "to": "{month_end}"},
    {"client_id": "{client_id}", "open": "true"},
)
BOUNDED: Final = (
    {"session_id": "{session_id}"},
    {"client_id": "{client_id}"},
    {"client_id": "{client_id}", "open": "true"},
    {"from": "{day}", "to": "{day}", "site_id": "{site_id}"},
)
REPORTS: Final = ("aging", "revenue", "adjustments", "denials", "daily-close", "unbilled", "variance", "reconciliation")

BILLING: Final = (
    *_of("/sessions/{session_id}/quotes"),
    *_of("/records", *RECORD_FILTERS),
    *_of("/records/totals", *BOUNDED),
    *_of("/records/totals", {}, MONTH, {"site_id": "{site_id}"}, {"open": "true"}, {"payment_status": "pending"}, kind=Kind.REPORT),
    *_of("/records/export.csv", MONTH | {"site_id": "{site_id}"}, kind=Kind.WHOLE),
    *_of("/records/export.xlsx", MONTH | {"site_id": "{site_id}"}, kind=Kind.WHOLE),
    *_of("/records/{record_id}"),
    *_of("/records/{record_id}/ledger"),
    *_of("/credits", PAGE, {"client_id": "{client_id}"}, {"payer_id": "{payer_id}"}),
    *_of("/network"),
    *_of("/payers", PAGE, {"q": "payer 1"}, {"is_active": "true"}),
    *_of("/payers/{payer_id}"),
    *_of("/payers/{payer_id}/fees", PAGE, {"service_code": "90831"}, {"date": "{today}"}),
    *_of(
        "/payers/{payer_id}/fees/impact",
        {"service_code": "90831", "amount": "170.00", "effective_from": "{today}", "effective_to": "{in_a_week}"},
        kind=Kind.REPORT,
    ),
    *_of("/payers/{payer_id}/fees.csv", kind=Kind.WHOLE),
    *_of("/clients/{client_id}/coverages"),
    *_of("/clients/{client_id}/discounts"),
    *_of("/clients/{client_id}/profile"),
    *_of("/organization"),
    *_of("/facilities/{site_id}"),
    *_of("/providers/{therapist_id}"),
    *_of("/diagnosis-codes", PAGE),
    *_of("/diagnosis-codes/totals", kind=Kind.REPORT),
    *_of("/changes", PAGE, {"key": "{client_id}"}, {"what": "coverage"}, {"what": "fee"}, {"key": "{client_id}", "what": "fee"}),
    *_of(
        "/claims",
        PAGE,
        {"status": "submitted"},
        {"status": "denied"},
        {"payer_id": "{payer_id}"},
        {"payer_id": "{nil_id}"},
        {"payer_id": "{payer_id}", "status": "denied"},
        {"record_id": "{record_id}"},
        {"total_amount": "185.00"},
        {"total_amount": "186.00"},
        {"control_number": "{control_number}"},
        {"client_id": "{client_id}"},
        {"client_id": "{client_id}", "total_amount": "186.00", "open": "true"},
        {"service_date": "{day}"},
        {"service_date": "{day}", "total_amount": "186.00", "open": "true"},
        MONTH,
        {"from": "{first_day}", "to": "{first_day}"},
        {"status": "denied", **MONTH},
    ),
    *_of("/claims/unclaimed", PAGE, {"late": "false"}, {"late": "true"}, {"payer_id": "{payer_id}"}, {"client_id": "{client_id}"}),
    *_of("/claims/acknowledgements/{acknowledgement_id}"),
    *_of("/claims/acknowledgements/{acknowledgement_id}/file"),
    *_of("/claims/{batch_id}"),
    *_of("/claims/{batch_id}/837p"),
    *_of("/records/{record_id}/superbill.pdf", kind=Kind.PAPER),
    *_of("/records/{record_id}/receipts/{transaction_id}.pdf", kind=Kind.PAPER),
    *_of("/clients/{client_id}/statement.pdf", kind=Kind.PAPER),
    *_of("/good-faith-estimates", PAGE, {"client_id": "{client_id}"}),
    *_of("/good-faith-estimates/{estimate_id}.pdf", kind=Kind.PAPER),
    *_of("/good-faith-estimates/{estimate_id}"),
    *_of("/records/{record_id}/cms1500.json"),
    *_of("/records/{record_id}/fhir/ChargeItem"),
    *_of("/records/{record_id}/fhir/Claim"),
    *_of("/fhir/ChargeItem", MONTH | {"limit": "10"}),
    *_of("/fhir/Claim", MONTH | {"limit": "10"}),
    *_of(
        "/remittances",
        PAGE,
        {"status": "posted"},
        {"status": "parked"},
        {"status": "discarded"},
        {"trace_number": "{trace_number}"},
        {"trace_number": "unknown"},
        {"record_id": "{record_id}"},
    ),
    *_of("/remittances/{remittance_id}"),
    *_of("/remittances/{remittance_id}/835"),
    *(ask for name in REPORTS for ask in _of(f"/reports/{name}", {} if name == "reconciliation" else MONTH, kind=Kind.REPORT)),
    *OPERATIONS,
)
READS: Final = {"catalog": CATALOG, "rooms": ROOMS, "scheduling": SCHEDULING, "billing": BILLING}

NOW: Final = """
    CAST(to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS text) AS now,
    CAST(current_date AS text) AS today, CAST(current_date + 7 AS text) AS in_a_week,
    CAST(current_date - 40 AS text) AS month_begin, CAST(current_date - 10 AS text) AS month_end,
    '00000000-0000-0000-0000-000000000000' AS nil_id
"""
VALUES: Final = {
    "catalog": f"""
        SELECT id AS service_id, service_code AS code, CAST(current_date AS text) AS day, {NOW} FROM service ORDER BY service_code LIMIT 1
    """,  # noqa: S608 (constants)
    "rooms": f"""
        SELECT hold.id AS hold_id, session_id, site_id, room_id, starts_at, ends_at, CAST(starts_at AS date) AS day,
            to_char(starts_at, 'IYYY-"W"IW') AS week, to_char(starts_at, 'YYYY-MM') AS month, gen_random_uuid() AS replan_id, {NOW}
        FROM hold WHERE status = 'confirmed' AND starts_at < current_date ORDER BY starts_at DESC, hold.id LIMIT 1
    """,  # noqa: S608
    "scheduling": f"""
        SELECT session.id AS session_id, site_id, client_id, therapist_id, room_id, service_id, starts_at, client.full_name AS client_name,
            CAST(starts_at AS date) AS day, CAST(current_date + 37 - CAST(extract(isodow FROM current_date) AS integer) AS timestamp)
                AT TIME ZONE 'UTC' + interval '22 hours' AS free_at,
            (SELECT id FROM site_replica WHERE site_name = 'Site 0') AS every_site_id, gen_random_uuid() AS comparison_id,
            (SELECT id FROM series ORDER BY id DESC LIMIT 1) AS series_id,
            (SELECT client_id FROM series ORDER BY id DESC LIMIT 1) AS series_client_id,
            (SELECT id FROM waitlist_entry ORDER BY id DESC LIMIT 1) AS entry_id, {NOW}
        FROM session JOIN client ON client.id = client_id
        WHERE status = 'completed' AND starts_at < current_date ORDER BY starts_at DESC, session.id LIMIT 1
    """,  # noqa: S608
    "billing": f"""
        SELECT record.id AS record_id, session_id, client_id, site_id, therapist_id, record.payer_id, service_date AS day,
            (SELECT min(service_date) FROM record) AS first_day, ledger_transaction.id AS transaction_id,
            (SELECT trace_number FROM remittance ORDER BY id DESC LIMIT 1) AS trace_number, claim.batch_id, claim.control_number,
            claim_acknowledged.acknowledgement_id, remittance_claim.remittance_id,
            (SELECT id FROM estimate ORDER BY id DESC LIMIT 1) AS estimate_id, {NOW}
        FROM record JOIN ledger_transaction ON record_id = record.id AND ledger_transaction.kind = 'payment' AND payer = 'insurer'
            JOIN claim ON claim.record_id = record.id JOIN claim_acknowledged ON claim_acknowledged.claim_id = claim.id
            JOIN remittance_claim ON remittance_claim.record_id = record.id
        WHERE record.service_date > current_date - 60 ORDER BY record.service_date, record.id LIMIT 1
    """,  # noqa: S608
}
"""One of everything in each service's database."""
MISSING: Final = frozenset({"/replans/{replan_id}", "/reconciliations/{comparison_id}", "/records/{record_id}/cms1500.json"})
"""Routes that find nothing in a network of `network_rows`; looking takes as long."""


async def values_of(connection: asyncpg.Connection, service: str) -> dict[str, str]:
    """Return a value for every name in a service's requests."""
    row = await connection.fetchrow(VALUES[service])
    if row is None:
        message = f"the network's database of {service} is empty"
        raise LookupError(message)
    return {name: value.isoformat() if hasattr(value, "isoformat") else str(value) for name, value in row.items()}


def forgotten(service: str, openapi: dict[str, Any]) -> list[str]:
    """Name the GET routes of a service for which there is no request, and the requests for which there is no route or parameter."""
    routes = {route: operations[METHOD] for route, operations in openapi["paths"].items() if METHOD in operations}
    asked = [ask for ask in READS[service] if ask.method == METHOD]
    missing = [f"GET {route} has no request" for route in routes if route not in {ask.route for ask in asked}]
    for ask in asked:
        known = {each["name"] for each in routes.get(ask.route, {}).get("parameters", ()) if each["in"] == "query"}
        if ask.route not in routes:
            missing.append(f"{ask.route} is no route")
        missing += [f"{ask.route} has no parameter {name}" for name, _ in ask.params if name not in known]
    return missing
