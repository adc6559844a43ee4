"""Billing's HTTP edge of the diagnoses of records."""

from chassis.http.conventions import IfMatch, Once, User
from chassis.http.problems import documented
from contracts.types import ClientId, RecordId
from fastapi import APIRouter

from billing.record_diagnoses import use_cases
from billing.record_diagnoses.schemas import DiagnosesUsed, RecordDiagnoses
from billing.records.schemas import RecordView

router = APIRouter(tags=["records"])


@router.put("/records/{record_id}/diagnoses", operation_id="put_diagnoses", summary="Enter a record's diagnoses",
            responses=documented(404, 409, 412))  # fmt: skip
async def put_diagnoses(record_id: RecordId, body: RecordDiagnoses, once: Once, expected: IfMatch, by: User) -> RecordView:
    """Give a record the diagnoses that its claim and its superbill name; the client's own stay as they are.

    409 while a claim for it is with the payer, and for a voided record. Where there is a list of diagnosis codes, each must be valid on
    the date of service. Who changed what is kept (GET /changes).
    """
    return await once(lambda tx: use_cases.put_diagnoses(record_id, body, expected, by, tx), RecordView)


@router.post("/clients/{client_id}/record-diagnoses", operation_id="use_diagnoses",
             summary="Use a client's diagnoses for their records without any")  # fmt: skip
async def use_diagnoses(client_id: ClientId, once: Once, by: User) -> DiagnosesUsed:
    """Give the client's present diagnoses to their sessions' records that have none, were not taken back and are not claimed.

    At most 500 records, the oldest first. Records on whose date of service a code was not valid stay as they are and are named.
    """
    return await once(lambda tx: use_cases.use_clients(client_id, by, tx), DiagnosesUsed)
