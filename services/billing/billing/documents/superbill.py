"""The superbill of one record, and the receipt of one payment: what a client hands to an insurer or keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final

from contracts.scheduling import Modality

from billing.document_facts import formatting
from billing.document_facts.facts import ClaimContext, Insurance, Line, Money, Movement, money_of
from billing.document_facts.formatting import Document
from billing.document_facts.people import Client, Organization, Parties
from billing.ledger.postings import Account, Payer, PostingKind
from billing.pricing.amounts import ZERO
from billing.pricing.terms import Mode

POINTERS: Final = "ABCDEFGHIJKL"
"""What a service line calls the diagnoses by."""
MOST_POINTERS: Final = 4
"""A line points to so many diagnoses."""
REMOTE: Final[Mapping[Modality, str]] = MappingProxyType({Modality.VIDEO: "By video", Modality.AUDIO: "By telephone"})
"""What stands in place of the site's name."""

Row = list[str]


def superbill(context: ClaimContext, parties: Parties) -> Document:
    """Write down a session as an insurer wants to see it, with what was paid by whom."""
    money = money_of(context.movements)
    client, provider, facility = parties.client, parties.provider, parties.facility
    facts: dict[str, Any] = {
        "number": formatting.account(context.record_id),
        "day": formatting.long_day(context.billing_date),
        "organization": formatting.letterhead(parties.organization),
        "client": formatting.about_client(client),
        "account": formatting.account(context.client_id),
        "insurance": _insurance(context.insurance, client) if context.insurance else [],
        "provider": {
            "name": formatting.provider_name(provider, context.therapist_credential),
            "npi": provider.npi,
            "license": formatting.plain(provider.license or ""),
            "taxonomy": provider.taxonomy_code,
        },
        "place": {
            "name": REMOTE.get(context.modality) or formatting.plain(facility.facility_name),
            "address": [] if context.telehealth else formatting.address(facility.address),
            "code": context.place_of_service,
        },
        "diagnoses": [[pointer, code] for pointer, code in zip(POINTERS, parties.diagnoses, strict=False)],
        "lines": [_line(context, line, parties.diagnoses) for line in services_of(context)],
        "has_private": any(not line.claimable for line in context.lines),
        "has_claimable": bool(context.claimable),
        "claimed_from": _claimed_from(context),
        "money": _money(money, context.insurance),
        "owed": _owed(money, context.insurance),
    }
    return Document("superbill", f"Superbill {facts['number']}", context.movements[-1].at, facts)


def receipt(context: ClaimContext, moved: Movement, organization: Organization, client: Client) -> Document:
    """Write down that money came in for a record or was given back; ``moved`` is one of its movements, a payment or a refund."""
    until = context.movements[: context.movements.index(moved) + 1]
    entries = moved.posting.entries
    after = money_of(until)
    by_insurer = moved.payer is Payer.INSURER and context.insurance is not None
    back = next((each for each in context.movements if each.reverses_id == moved.id), None)
    is_refund = moved.posting.kind is PostingKind.REFUND
    facts: dict[str, Any] = {
        "number": formatting.account(moved.id),
        "is_refund": is_refund,
        "day": formatting.long_day(moved.received),
        "organization": formatting.letterhead(organization),
        "client": formatting.about_client(client),
        "account": formatting.account(context.client_id),
        "amount": formatting.dollars(abs(entries.get(Account.CASH, ZERO))),
        "payer": formatting.plain(context.insurance.payer_name) if by_insurer and context.insurance else formatting.name(client),
        "method": formatting.method(moved),
        "reference": formatting.plain(moved.reference or ""),
        "lines": [[line.code, formatting.plain(line.name), formatting.dollars(line.charge)] for line in context.lines],
        "service_day": formatting.long_day(context.service_date),
        "credit": formatting.dollars(max(-entries.get(Account.UNAPPLIED_CREDIT, ZERO), ZERO)),
        "has_credit": entries.get(Account.UNAPPLIED_CREDIT, ZERO) < 0,
        "left": formatting.dollars(after.owed_by_client),
        "reversed": formatting.long_day(back.received) if back else "",
    }
    title = f"{'Refund' if is_refund else 'Receipt'} {facts['number']}"
    return Document("receipt", title, back.at if back else moved.at, facts)


def _claimed_from(context: ClaimContext) -> str:
    """Name the insurer from which the clinic itself claims the services: by contract, or because it has sent a claim; otherwise nothing."""
    plan = context.insurance
    if plan is None or not context.claimable or (plan.mode is not Mode.IN_NETWORK and context.last_claim is None):
        return ""
    return formatting.plain(plan.payer_name)


def services_of(context: ClaimContext) -> list[Line]:
    """Return the lines as insurers may see them: a composite as one private service, not as the codes that its price was split over."""
    if any(line.code == context.service_code for line in context.lines):
        return list(context.lines)
    parts = list(takewhile(lambda line: not line.claimable, context.lines))
    if not parts:
        return list(context.lines)
    whole = replace(
        parts[0],
        code=context.service_code,
        name=context.service_name,
        rate=sum((part.rate for part in parts), ZERO),
        charge=sum((part.charge for part in parts), ZERO),
    )
    return [whole, *context.lines[len(parts) :]]


def pointers(diagnoses: Sequence[str]) -> str:
    """Return which diagnoses a line points to: the first ones, as many as fit."""
    return POINTERS[: min(len(diagnoses), MOST_POINTERS)]


def _line(context: ClaimContext, line: Line, diagnoses: Sequence[str]) -> Row:
    return [
        formatting.short_day(context.service_date),
        " ".join([line.code, *context.modifiers]),
        formatting.plain(line.name) + ("" if line.claimable else " *"),
        pointers(diagnoses) if line.claimable else "",
        str(line.units),
        formatting.dollars(line.rate),
        formatting.dollars(line.charge),
    ]


def _insurance(plan: Insurance, client: Client) -> list[Row]:
    holder = plan.subscriber or client
    rows = [
        ["Insurer", formatting.plain(plan.payer_name)],
        ["Plan", formatting.plain(plan.plan_name)],
        ["Member", formatting.plain(plan.member_id)],
        ["Group", formatting.plain(plan.group_number or "")],
        ["Held by", f"{formatting.name(holder)} ({plan.relationship})"],
        ["Authorization", formatting.plain(plan.authorization_number or "")],
    ]
    return [row for row in rows if row[1]]


def _money(money: Money, plan: Insurance | None) -> list[Row]:
    insurer = formatting.plain(plan.payer_name) if plan else "insurance"
    rows: list[tuple[str, Decimal]] = [
        ("Charge", money.charged),
        (f"Agreed reduction, {insurer}", -money.contractual),
        ("Discount and adjustments", -money.discounts),
        ("Written off", -money.written_off),
        (f"Paid by {insurer}", -money.paid_by_insurer),
        ("Paid by client", -money.paid_by_client),
    ]
    always = {"Charge", "Paid by client"}
    return [[label, formatting.dollars(amount)] for label, amount in rows if amount or label in always]


def _owed(money: Money, plan: Insurance | None) -> list[Row]:
    rows = [["Owed by client", formatting.dollars(money.owed_by_client)]]
    if plan is not None or money.owed_by_insurer:
        rows.append(
            [f"Expected from {formatting.plain(plan.payer_name) if plan else 'insurance'}", formatting.dollars(money.owed_by_insurer)]
        )
    if money.credit:
        rows.append(["Credit, settles nothing yet", formatting.dollars(-money.credit)])
    return rows
