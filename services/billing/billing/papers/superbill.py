"""The superbill of one record, and the receipt of one payment: what a client hands to an insurer or keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final

from contracts.scheduling import Modality

from billing.coverage import Mode
from billing.ledger import Account, Payer, PostingKind
from billing.papers import lettering
from billing.papers.facts import Dossier, Insurance, Line, Money, Movement, money_of
from billing.papers.lettering import Paper
from billing.papers.parties import Client, Organization, Parties
from billing.pricing import ZERO

POINTERS: Final = "ABCDEFGHIJKL"
"""What a service line calls the diagnoses by."""
MOST_POINTERS: Final = 4
"""A line points to so many diagnoses."""
REMOTE: Final[Mapping[Modality, str]] = MappingProxyType({Modality.VIDEO: "By video", Modality.AUDIO: "By telephone"})
"""What stands in place of the site's name."""

Row = list[str]


def superbill(dossier: Dossier, parties: Parties) -> Paper:
    """Write down a session as an insurer wants to see it, with what was paid by whom."""
    money = money_of(dossier.movements)
    client, provider, facility = parties.client, parties.provider, parties.facility
    facts: dict[str, Any] = {
        "number": lettering.account(dossier.record_id),
        "day": lettering.long_day(dossier.billing_date),
        "organization": lettering.letterhead(parties.organization),
        "client": lettering.about_client(client),
        "account": lettering.account(dossier.client_id),
        "insurance": _insurance(dossier.insurance, client) if dossier.insurance else [],
        "provider": {
            "name": lettering.provider_name(provider, dossier.therapist_credential),
            "npi": provider.npi,
            "license": lettering.plain(provider.license or ""),
            "taxonomy": provider.taxonomy_code,
        },
        "place": {
            "name": REMOTE.get(dossier.modality) or lettering.plain(facility.facility_name),
            "address": [] if dossier.telehealth else lettering.address(facility.address),
            "code": dossier.place_of_service,
        },
        "diagnoses": [[pointer, code] for pointer, code in zip(POINTERS, parties.diagnoses, strict=False)],
        "lines": [_line(dossier, line, parties.diagnoses) for line in services_of(dossier)],
        "has_private": any(not line.claimable for line in dossier.lines),
        "has_claimable": bool(dossier.claimable),
        "claimed_from": _claimed_from(dossier),
        "money": _money(money, dossier.insurance),
        "owed": _owed(money, dossier.insurance),
    }
    return Paper("superbill", f"Superbill {facts['number']}", dossier.movements[-1].at, facts)


def receipt(dossier: Dossier, moved: Movement, organization: Organization, client: Client) -> Paper:
    """Write down that money came in for a record or was handed back; ``moved`` is one of its movements, a payment or a refund."""
    until = dossier.movements[: dossier.movements.index(moved) + 1]
    entries = moved.posting.entries
    after = money_of(until)
    by_insurer = moved.payer is Payer.INSURER and dossier.insurance is not None
    back = next((each for each in dossier.movements if each.reverses_id == moved.id), None)
    is_refund = moved.posting.kind is PostingKind.REFUND
    facts: dict[str, Any] = {
        "number": lettering.account(moved.id),
        "is_refund": is_refund,
        "day": lettering.long_day(moved.received),
        "organization": lettering.letterhead(organization),
        "client": lettering.about_client(client),
        "account": lettering.account(dossier.client_id),
        "amount": lettering.dollars(abs(entries.get(Account.CASH, ZERO))),
        "payer": lettering.plain(dossier.insurance.payer_name) if by_insurer and dossier.insurance else lettering.name(client),
        "method": lettering.method(moved),
        "reference": lettering.plain(moved.reference or ""),
        "lines": [[line.code, lettering.plain(line.name), lettering.dollars(line.charge)] for line in dossier.lines],
        "service_day": lettering.long_day(dossier.service_date),
        "credit": lettering.dollars(max(-entries.get(Account.UNAPPLIED_CREDIT, ZERO), ZERO)),
        "has_credit": entries.get(Account.UNAPPLIED_CREDIT, ZERO) < 0,
        "left": lettering.dollars(after.owed_by_client),
        "reversed": lettering.long_day(back.received) if back else "",
    }
    title = f"{'Refund' if is_refund else 'Receipt'} {facts['number']}"
    return Paper("receipt", title, back.at if back else moved.at, facts)


def _claimed_from(dossier: Dossier) -> str:
    """Name the insurer from which the clinic itself claims the services: by contract, or because it has sent a claim; otherwise nothing."""
    plan = dossier.insurance
    if plan is None or not dossier.claimable or (plan.mode is not Mode.IN_NETWORK and dossier.asked is None):
        return ""
    return lettering.plain(plan.payer_name)


def services_of(dossier: Dossier) -> list[Line]:
    """Return the lines as insurers may see them: a composite as one private service, not as the codes that its price was split over."""
    if any(line.code == dossier.service_code for line in dossier.lines):
        return list(dossier.lines)
    parts = list(takewhile(lambda line: not line.claimable, dossier.lines))
    if not parts:
        return list(dossier.lines)
    whole = replace(
        parts[0],
        code=dossier.service_code,
        name=dossier.service_name,
        rate=sum((part.rate for part in parts), ZERO),
        charge=sum((part.charge for part in parts), ZERO),
    )
    return [whole, *dossier.lines[len(parts) :]]


def pointers(diagnoses: Sequence[str]) -> str:
    """Say which diagnoses a line points to: the first ones, as many as fit."""
    return POINTERS[: min(len(diagnoses), MOST_POINTERS)]


def _line(dossier: Dossier, line: Line, diagnoses: Sequence[str]) -> Row:
    return [
        lettering.short_day(dossier.service_date),
        " ".join([line.code, *dossier.modifiers]),
        lettering.plain(line.name) + ("" if line.claimable else " *"),
        pointers(diagnoses) if line.claimable else "",
        str(line.units),
        lettering.dollars(line.rate),
        lettering.dollars(line.charge),
    ]


def _insurance(plan: Insurance, client: Client) -> list[Row]:
    holder = plan.subscriber or client
    rows = [
        ["Insurer", lettering.plain(plan.payer_name)],
        ["Plan", lettering.plain(plan.plan_name)],
        ["Member", lettering.plain(plan.member_id)],
        ["Group", lettering.plain(plan.group_number or "")],
        ["Held by", f"{lettering.name(holder)} ({plan.relationship})"],
        ["Authorization", lettering.plain(plan.authorization_number or "")],
    ]
    return [row for row in rows if row[1]]


def _money(money: Money, plan: Insurance | None) -> list[Row]:
    insurer = lettering.plain(plan.payer_name) if plan else "insurance"
    rows: list[tuple[str, Decimal]] = [
        ("Charge", money.charged),
        (f"Agreed reduction, {insurer}", -money.contractual),
        ("Discount and adjustments", -money.discounts),
        ("Written off", -money.written_off),
        (f"Paid by {insurer}", -money.paid_by_insurer),
        ("Paid by client", -money.paid_by_client),
    ]
    always = {"Charge", "Paid by client"}
    return [[label, lettering.dollars(amount)] for label, amount in rows if amount or label in always]


def _owed(money: Money, plan: Insurance | None) -> list[Row]:
    rows = [["Owed by client", lettering.dollars(money.owed_by_client)]]
    if plan is not None or money.owed_by_insurer:
        rows.append(
            [f"Expected from {lettering.plain(plan.payer_name) if plan else 'insurance'}", lettering.dollars(money.owed_by_insurer)]
        )
    if money.credit:
        rows.append(["Credit, settles nothing yet", lettering.dollars(-money.credit)])
    return rows
