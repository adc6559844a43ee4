"""Diagnoses of records that are not claimed: entered for one record, or taken from the client where there are none."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from chassis.database import Transaction
from chassis.edge import Body, View, check_version
from chassis.problems import conflict, not_found, refused
from contracts.billing import PaymentStatus
from contracts.types import ClientId, Day, RecordId
from pydantic import ConfigDict, Field, field_validator
from sqlalchemy import exists, select

from billing import changes, queries
from billing.claims.facts import Frequency
from billing.claims.resources import REFUSED_ID
from billing.claims.store import ClaimRow, ClaimStatus
from billing.diagnosis_codes import require_valid, unusable_of
from billing.parties import MOST_DIAGNOSES, Diagnosis
from billing.party_store import diagnoses_of
from billing.resources import RECORD_ID, RecordView
from billing.store import LACKS_DIAGNOSES, Record, lock_revisions

MOST_COMPLETED: Final = 500
"""Records that take the client's diagnoses at once, the oldest first."""
WITH_THE_PAYER: Final = (ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED)
"""A claim with these is undecided: what it says must not differ from its record."""
FAILED_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": REFUSED_ID,
    "service_date": "2016-09-12",
    "message": "F32.A is valid from 2021-10-01 on, and is not on 2016-09-12.",
    "fix": "Valid on that day in the category F32: F32.0, F32.1, F32.2, F32.3, F32.8, F32.9.",
}


class RecordDiagnoses(Body):
    """What a session treated."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnoses": ["F41.1", "F33.1"]}]})

    diagnoses: Annotated[tuple[Diagnosis, ...], Field(min_length=1, max_length=MOST_DIAGNOSES)]
    """ICD-10-CM, the primary one first."""

    @field_validator("diagnoses")
    @classmethod
    def _each_once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(codes)) < len(codes):
            message = "name each diagnosis once"
            raise ValueError(message)
        return codes


class NotCompletedView(View):
    """A record that stays without a diagnosis, because the client's were not valid on its date of service."""

    record_id: RecordId
    service_date: Day
    message: str
    fix: str


class DiagnosesUsed(View):
    """Which records took the client's diagnoses."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"diagnoses": ["F41.1"], "record_ids": [RECORD_ID], "not_completed": [FAILED_EXAMPLE]}]}
    )

    diagnoses: list[str]
    record_ids: list[RecordId]
    not_completed: list[NotCompletedView]


async def put_diagnoses(record_id: RecordId, body: RecordDiagnoses, expected: int | None, by: str, tx: Transaction) -> RecordView:
    """Give a record its diagnoses, valid on its date of service; not while a payer decides about it, nor after it was taken back."""
    await lock_revisions(tx, [record_id])
    record = await tx.lock(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    check_version(record.version, expected)
    if record.payment_status is PaymentStatus.VOIDED:
        raise conflict("record-voided", "This record is voided, and no claim is made of it. Change the record that replaces it, if any.")
    undecided = select(ClaimRow.control_number).where(
        ClaimRow.record_id == record_id, ClaimRow.status.in_(WITH_THE_PAYER), ClaimRow.frequency != Frequency.VOID
    )
    if number := await tx.scalar(undecided.order_by(ClaimRow.id.desc()).limit(1)):
        detail = (
            f"Claim {number} asks for this record with the diagnoses that it has, and is not decided yet. Wait for the payer's answer; or "
            "replace the record, change the diagnoses of the new one, and claim that with frequency 7."
        )
        raise conflict("claim-open", detail, control_number=number)
    await require_valid(tx, body.diagnoses, record.service_date)
    _write(record, body.diagnoses, by, tx)
    [view] = await queries.views(tx, [record])
    return view


async def use_clients(client_id: ClientId, by: str, tx: Transaction) -> DiagnosesUsed:
    """Give the client's diagnoses to their sessions' records that have none, as far as the codes were valid on the date of service."""
    codes = (await diagnoses_of(tx, [client_id])).get(client_id, ())
    if not codes:
        raise refused(
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
            _write(record, codes, by, tx)
            completed.append(record.id)
    return DiagnosesUsed(diagnoses=list(codes), record_ids=completed, not_completed=failed)


async def _without(client_id: ClientId, tx: Transaction) -> Sequence[Record]:
    """Lock the client's records without diagnoses about which no payer decides."""
    undecided = exists().where(ClaimRow.record_id == Record.id, ClaimRow.status.in_(WITH_THE_PAYER), ClaimRow.frequency != Frequency.VOID)
    lacking = Record.client_id == client_id, LACKS_DIAGNOSES, ~undecided
    first = await tx.scalars(select(Record.id).where(*lacking).order_by(Record.service_date, Record.id).limit(MOST_COMPLETED))
    await lock_revisions(tx, first)
    return await tx.scalars(select(Record).where(Record.id.in_(first), *lacking).order_by(Record.service_date, Record.id))


def _write(record: Record, codes: Sequence[str], by: str, tx: Transaction) -> None:
    before = {"diagnoses": record.diagnoses}
    record.diagnoses = list(codes)
    record.version += 1
    record.updated_at = max(record.updated_at, tx.now)  # never before a posting: reports as of a day look for what moved since
    changes.keep(tx, by, "record_diagnoses", record.id, before=before, after={"diagnoses": record.diagnoses})
