"""How names, amounts, days and numbers are written in documents."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from billing.document_facts.facts import Movement
from billing.document_facts.people import Address, Client, Organization, Person, Provider
from billing.ledger.postings import PaymentMethod

MINUS: Final = "\N{MINUS SIGN}"
NOTHING: Final = "\N{EN DASH}"
INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
KEPT: Final = {"\u200c", "\u200d"}
"""Joiners that some scripts cannot do without; every other invisible character could turn a line of a document around."""
TAX_ID_HEAD: Final = 2
PHONE_LENGTH: Final = 10
ZIP_LENGTH: Final = 5
ACCOUNT_LENGTH: Final = 12
"""Digits of an id that no other id shares in practice, and that somebody can read out over the telephone."""

METHODS: Final = {
    PaymentMethod.EFT: "bank transfer",
    PaymentMethod.ERA: "remittance",
    PaymentMethod.TRANSFER: "bank transfer",
    PaymentMethod.OTHER: "",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be printed: a template, and everything that it states."""

    template: str
    title: str
    made_at: datetime
    """The moment of its last fact: the same facts make the same file whenever it is printed."""
    facts: dict[str, Any]


def plain(text: str) -> str:
    """Return a text in Unicode form NFC, without control and direction characters; a dash where nothing is left of it."""
    if text.isascii() and text.isprintable():
        return text
    kept = (mark for mark in unicodedata.normalize("NFC", text) if mark in KEPT or unicodedata.category(mark) not in INVISIBLE)
    return "".join(kept) or (NOTHING if text else "")


def dollars(amount: Decimal) -> str:
    """Return an amount as in −$1,234.50."""
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def or_dash(amount: Decimal) -> str:
    """Return an amount as ``dollars`` writes it; zero as a dash."""
    return dollars(amount) if amount else NOTHING


def long_day(day: date) -> str:
    """Return a day as in March 2, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def short_day(day: date) -> str:
    """Return a day as in 03/02/2026."""
    return f"{day:%m/%d/%Y}"


def name(person: Person | Provider) -> str:
    """Write somebody's name as they are addressed."""
    return plain(f"{person.first_name} {person.last_name}")


def provider_name(provider: Provider, credential: str | None) -> str:
    """Write a therapist's name with what they are."""
    return f"{name(provider)}, {plain(credential)}" if credential else name(provider)


def address(at: Address) -> list[str]:
    """Write an address in its lines."""
    zip_code = at.postal_code if len(at.postal_code) == ZIP_LENGTH else f"{at.postal_code[:ZIP_LENGTH]}-{at.postal_code[ZIP_LENGTH:]}"
    return [plain(line) for line in (at.line1, at.line2, f"{at.city}, {at.state} {zip_code}") if line]


def tax_id(number: str) -> str:
    """Write an employer's number as it is printed."""
    return f"{number[:TAX_ID_HEAD]}-{number[TAX_ID_HEAD:]}"


def phone(number: str) -> str:
    """Write a telephone number as it is dialled."""
    return f"({number[:3]}) {number[3:6]}-{number[6:]}" if len(number) == PHONE_LENGTH else number


def account(key: UUID) -> str:
    """Write an id short enough to be read out."""
    end = key.hex[-ACCOUNT_LENGTH:].upper()
    return "-".join(end[start : start + 4] for start in range(0, ACCOUNT_LENGTH, 4))


def letterhead(organization: Organization) -> dict[str, Any]:
    """Write who bills, as it stands at the head of every document."""
    return {
        "name": plain(organization.organization_name),
        "address": address(organization.address),
        "phone": phone(organization.phone),
        "contact": plain(organization.contact_name),
        "npi": organization.npi,
        "tax_id": tax_id(organization.tax_id),
    }


def about_client(client: Client) -> dict[str, Any]:
    """Write whom a document is for."""
    return {"name": name(client), "address": address(client.address), "born": short_day(client.birth_date)}


def method(payment: Movement) -> str:
    """Return how money came in."""
    return METHODS.get(payment.method, payment.method.value) if payment.method else ""
