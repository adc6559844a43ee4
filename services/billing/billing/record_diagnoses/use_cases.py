"""Diagnoses of records that are not claimed: entered for one record, or taken from the client where there are none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid, NotFound
from chassis.rows.changes import check_version
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from sqlalchemy import exists, select

from billing.claim_rules.facts import ClaimStatus, Frequency
from billing.claims.queries import CLAIM
from billing.diagnosis_codes.queries import require_valid, unusable_of
from billing.parties.queries import diagnoses_of
from billing.record_diagnoses.schemas import MOST_COMPLETED, DiagnosesUsed, NotCompletedView, RecordDiagnoses
from billing.records import queries as records_queries
from billing.records import use_cases as records_use_cases
from billing.records.queries import LACKS_DIAGNOSES, RECORD, lock_revisions
from billing.records.schemas import RecordView

if TYPE_CHECKING:
    from billing.records.tables import RecordRow

WITH_THE_PAYER: Final = (ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED)
"""A claim with these is undecided: what it states must not differ from its record."""


async def put_diagnoses(record_id: RecordId, body: RecordDiagnoses, expected: int | None, by: str, tx: Transaction) -> RecordView:
    """Give a record its diagnoses, valid on its date of service; not while a payer decides about it, nor after it was taken back.

    NotFound without that record, Stale on an older version, Conflict while it cannot change.
    """
    await lock_revisions(tx, [record_id])
    found = await records_queries.find_records(tx, [record_id], alone=True)
    if not found:
        raise NotFound.of("record", record_id)
    record = found[0]
    check_version(record.version, expected)
    if record.payment_status is PaymentStatus.VOIDED:
        raise Conflict("record-voided", "This record is voided, and no claim is made of it. Change the record that replaces it, if any.")
    undecided = select(CLAIM.c.control_number).where(
        CLAIM.c.record_id == record_id, CLAIM.c.status.in_(WITH_THE_PAYER), CLAIM.c.frequency != Frequency.VOID
    )
    if number := await tx.scalar(undecided.order_by(CLAIM.c.id.desc()).limit(1)):
        detail = (
            f"Claim {number} asks for this record with the diagnoses that it has, and is not decided yet. Wait for the payer's answer; or "
            "replace the record, change the diagnoses of the new one, and claim that with frequency 7."
        )
        raise Conflict("claim-open", detail, control_number=number)
    await require_valid(tx, body.diagnoses, record.service_date)
    records_use_cases.give_diagnoses(record, body.diagnoses, by, tx)
    return await records_queries.show(tx, record)


async def use_clients(client_id: ClientId, by: str, tx: Transaction) -> DiagnosesUsed:
    """Give the client's diagnoses to their sessions' records that have none, as far as the codes were valid on the date of service.

    Invalid where the client has none.
    """
    codes = (await diagnoses_of(tx, [client_id])).get(client_id, ())
    if not codes:
        raise Invalid(
            "no-diagnoses", "The client has no diagnosis. Enter their diagnoses first, in their details for claims and documents."
        )
    records = await _without(client_id, tx)
    unusable = await unusable_of(tx, {(code, record.service_date) for record in records for code in codes})
    completed: list[RecordId] = []
    failed: list[NotCompletedView] = []
    for record in records:
        wrong = [found for code in codes if (found := unusable.get((code, record.service_date)))]
        if wrong:
            message, fix = (" ".join(texts) for texts in zip(*((one.message, one.fix) for one in wrong), strict=True))
            failed.append(NotCompletedView(record_id=record.id, service_date=record.service_date, message=message, fix=fix))
        else:
            records_use_cases.give_diagnoses(record, codes, by, tx)
            completed.append(record.id)
    return DiagnosesUsed(diagnoses=list(codes), record_ids=completed, not_completed=failed)


async def _without(client_id: ClientId, tx: Transaction) -> "Sequence[RecordRow]":
    """Lock the client's records without diagnoses about which no payer decides."""
    undecided = exists().where(CLAIM.c.record_id == RECORD.c.id, CLAIM.c.status.in_(WITH_THE_PAYER), CLAIM.c.frequency != Frequency.VOID)
    lacking = RECORD.c.client_id == client_id, LACKS_DIAGNOSES, ~undecided
    first = await tx.scalars(select(RECORD.c.id).where(*lacking).order_by(RECORD.c.service_date, RECORD.c.id).limit(MOST_COMPLETED))
    await lock_revisions(tx, first)
    still = await tx.scalars(select(RECORD.c.id).where(RECORD.c.id.in_(first), *lacking))
    return sorted(await records_queries.find_records(tx, still), key=lambda record: (record.service_date, record.id))
