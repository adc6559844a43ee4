"""An insurer that answers claims: it writes balanced 835 files, and uses nothing of billing's own code."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import asyncpg
from back_office import Clinic, Json
from contracts.types import ClientId, new_id

ZERO: Final = Decimal("0.00")
NPI: Final = "1234567893"
TAX_ID: Final = "123456789"


@dataclass(frozen=True)
class Answer:
    """The insurer's answer to one claim with one line; what it does not adjust it pays."""

    control_number: str
    charge: Decimal = Decimal("185.00")
    adjustments: tuple[tuple[str, str, Decimal], ...] = ()
    status: str = "1"
    code: str = "90837"
    payer_reference: str = "HM-99017"
    service_day: str = "20260302"
    of_the_claim: bool = False
    """The adjustments are the claim's as a whole, not its line's."""

    @property
    def paid(self) -> Decimal:
        return self.charge - sum((amount for *_, amount in self.adjustments), ZERO)

    @property
    def patient(self) -> Decimal:
        return sum((amount for group, _, amount in self.adjustments if group == "PR"), ZERO)

    def taken_back(self) -> "Answer":
        """Take this answer back."""
        negative = tuple((group, reason, -amount) for group, reason, amount in self.adjustments)
        return replace(self, charge=-self.charge, adjustments=negative, status="22")

    def segments(self) -> list[str]:
        cas = [f"CAS*{group}*{reason}*{amount}" for group, reason, amount in self.adjustments]
        patient = str(self.patient) if self.patient and self.status != "22" else ""
        line_paid = self.charge if self.of_the_claim else self.paid
        return [
            f"CLP*{self.control_number}*{self.status}*{self.charge}*{self.paid}*{patient}*12*{self.payer_reference}",
            *(cas if self.of_the_claim else ()),
            "NM1*QC*1*WEBER*JONAS****MI*HM447102",
            f"SVC*HC:{self.code}*{self.charge}*{line_paid}**1",
            f"DTM*472*{self.service_day}",
            *(() if self.of_the_claim else cas),
            "REF*6R*1",
        ]


def answer(control_number: str, *adjustments: str, charge: str = "185.00", **facts: Any) -> Answer:
    """Answer a claim; an adjustment is written as ``CO-45 33.00``."""
    reported = tuple(adjustment.replace("-", " ", 1).split() for adjustment in adjustments)
    return Answer(control_number, Decimal(charge), tuple((group, reason, Decimal(amount)) for group, reason, amount in reported), **facts)


def as_expected(control_number: str, **facts: Any) -> Answer:
    """Answer an hour of psychotherapy as the contract has it: 33.00 off, 25.00 copay, 127.00 paid."""
    return answer(control_number, "CO-45 33.00", "PR-3 25.00", **facts)


def write_835(
    answers: Sequence[Answer],
    *,
    trace: str = "EFT-5512",
    withheld: Sequence[tuple[str, Decimal]] = (),
    npi: str = NPI,
    payer: str = "1987654321",
    payer_name: str = "HARBOR MUTUAL",
    payer_id: str = "",
    day: str = "20260316",
    cut: str = "*:~",
    between: str = "\n",
) -> str:
    """Write a file whose counts and sums are right; ``payer_id`` is what its N1*PR states, ``cut`` are its delimiters."""
    amount = sum((each.paid for each in answers), ZERO) - sum((each for _, each in withheld), ZERO)
    inside = [
        f"BPR*I*{abs(amount)}*{'C' if amount >= 0 else 'D'}*CHK************{day}",
        f"TRN*1*{trace}*{payer}",
        "DTM*405*20260316",
        f"N1*PR*{payer_name}*XV*{payer_id}" if payer_id else f"N1*PR*{payer_name}",
        "N3*1 PIER ROAD",
        "N4*PORTLAND*ME*04101",
        "PER*BL*SUPPORT*TE*2075550199",
        f"N1*PE*HARBOR THERAPY NETWORK*XX*{npi}",
        f"REF*TJ*{TAX_ID}",
        "LX*1",
        *(segment for each in answers for segment in each.segments()),
        *(f"PLB*{npi}*20261231*{reason}*{each}" for reason, each in withheld),
    ]
    element, component, terminator = cut
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'HM001':15}*ZZ*{'HARBOR01':15}*260316*0900*^*00501*000000077*0*P*{component}",
        "GS*HP*HM001*HARBOR01*20260316*0900*77*X*005010X221A1",
        "ST*835*0001",
        *inside,
        f"SE*{len(inside) + 2}*0001",
        "GE*1*77",
        "IEA*1*000000077",
    ]
    written = (segment.replace("*", element).replace(":", component) for segment in segments)
    return "".join(f"{segment}{terminator}{between}" for segment in written)


@dataclass(frozen=True)
class Claimed:
    """A record whose claim has been made."""

    record: Json
    control_number: str


async def claim(clinic: Clinic, control_number: str | None = None, **plan: str) -> Claimed:
    """Bill an insured session and note that it was claimed, as a batch of claims would."""
    client = ClientId(new_id())
    payer = await made(clinic, "/payers", payer_name="Harbor Mutual", payer_code=f"HM{new_id().hex[:12]}")
    await made(clinic, f"/payers/{payer['id']}/fees", service_code="90837", amount="152.00", effective_from="2026-01-01")
    usual = {"copay": "25.00", "member_id": "HM-1", "plan_name": "Silver", "as_of": "2026-01-01", "effective_from": "2026-01-01"}
    coverage = await made(clinic, f"/clients/{client}/coverages", payer_id=payer["id"], **usual | plan)
    record = await clinic.bill("90837", client_id=client, insurance_applicable=True)
    control_number = control_number or new_id().hex[-12:].upper()
    async with database(clinic) as connection:
        await ask(connection, record, coverage["id"], control_number)
    return Claimed((await clinic.records(session_id=record["session_id"]))[0], control_number)


async def made(clinic: Clinic, path: str, **body: Any) -> Json:
    """Post something and return it."""
    written = await clinic.billing.post(path, json=body)
    assert written.is_success, written.text
    return written.json()


async def claim_says(clinic: Clinic, claimed: Claimed) -> tuple[str, str | None]:
    """Return a claim's status and what its payer calls it."""
    async with database(clinic) as connection:
        row = await connection.fetchrow("SELECT status, payer_reference FROM claim WHERE control_number = $1", claimed.control_number)
    assert row is not None
    return (row["status"], row["payer_reference"])


@asynccontextmanager
async def database(clinic: Clinic) -> AsyncIterator[asyncpg.Connection]:
    """Connect to billing's database."""
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


async def ask(connection: asyncpg.Connection, record: Json, coverage: str, control_number: str) -> None:
    """Write the rows of a claim and the ledger's note that it was claimed."""
    batch, claim_id = new_id(), new_id()
    await connection.execute(
        "INSERT INTO claim_batch (id, control_number, x12, created_at, created_by)"
        " VALUES ($1, nextval('claim_control_number'), '', now(), 'ines')",
        batch,
    )
    await connection.execute(
        "INSERT INTO claim (id, batch_id, record_id, coverage_id, payer_id, control_number, frequency, total_amount, status, facts,"
        " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, '1', $7, 'submitted', '{}', now(), now())",
        *(claim_id, batch, record["id"], coverage, record["payer_id"], control_number, Decimal(record["total_amount"])),
    )
    await connection.execute(
        "INSERT INTO ledger_transaction (id, record_id, kind, posted_at) VALUES ($1, $2, 'claim', now())", new_id(), record["id"]
    )
    await connection.execute(
        "UPDATE record SET payment_status = 'submitted', version = version + 1 WHERE id = $1 AND payment_status = 'pending'", record["id"]
    )
