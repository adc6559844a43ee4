"""Billing's HTTP edge of claims. A batch is one file, a claim is one record's part of it; ``{batch_id}`` names a batch."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.files.threads import in_thread
from chassis.http.conventions import Cursor, Limit, Once, OneMoment, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import Amount, ClientId, Day, RecordId
from fastapi import APIRouter, Depends, Query, Request, Response

from billing.claim_rules.facts import ClaimStatus
from billing.claims import acknowledgement, queries, use_cases
from billing.claims.schemas import (
    AcknowledgementView,
    ClaimBatchView,
    ClaimSettings,
    ClaimView,
    ReceivedAcknowledgement,
    UnclaimedRecords,
    VoidedView,
)
from billing.network.api import Today
from billing.records.schemas import NewVoid
from billing.x12.api import EDI, described, read_text

router = APIRouter(prefix="/claims", tags=["claims"])

FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, as it was written",
        "content": {
            EDI: {"schema": {"type": "string"}, "example": "ISA*00*          *00*          *ZZ*HARBOR01       *ZZ*CLEARING01     …"}
        },
    }
}

Revisions = Annotated[bool, Query(description="With record_id: also the claims of the records that it replaced or that replaced it.")]

MOST_CLIENTS: Final = 20
LONGEST_NUMBER: Final = 20
Number = Annotated[str | None, Query(max_length=LONGEST_NUMBER, description="Its control number, without HF and zeros too.")]
ClientIds = Annotated[list[ClientId] | None, Query(max_length=MOST_CLIENTS, description="Of any of these clients.")]
IsOpen = Annotated[bool | None, Query(alias="open", description="Only those submitted or accepted, or only the others.")]

ToBeWithdrawn = Annotated[bool, Query(description="Only those that stand although their payer is billed nothing any more.")]


async def _claim_settings(request: Request) -> ClaimSettings:
    return request.app.state.claim_settings


CurrentClaimSettings = Annotated[ClaimSettings, Depends(_claim_settings)]


@router.get("", operation_id="list_claims", summary="List claims, the latest first")
async def list_claims(
    db: Reading,
    claim_settings: CurrentClaimSettings,
    status: ClaimStatus | None = None,
    payer_id: UUID | None = None,
    record_id: RecordId | None = None,
    revisions: Revisions = False,  # noqa: FBT002
    to_be_withdrawn: ToBeWithdrawn = False,  # noqa: FBT002
    total_amount: Amount | None = None,
    control_number: Number = None,
    client_id: ClientIds = None,
    service_date: Day | None = None,
    is_open: IsOpen = None,
    since: Annotated[Day | None, Query(alias="from", description="First day on which they were made.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Last day on which they were made.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ClaimView]:
    """Return the claims that fit."""
    return await queries.list_claims(
        db,
        status=status,
        payer_id=payer_id,
        record_id=record_id,
        revisions=revisions,
        to_be_withdrawn=to_be_withdrawn,
        total_amount=total_amount,
        control_number=control_number,
        clients=client_id,
        service_date=service_date,
        is_open=is_open,
        since=since,
        until=until,
        zone=claim_settings.zone,
        limit=limit,
        cursor=cursor,
    )


@router.get("/unclaimed", operation_id="list_unclaimed", summary="List records that wait to be claimed, the oldest first")
async def list_unclaimed(
    db: OneMoment,
    today: Today,
    late: Annotated[bool | None, Query(description="Only those that no payer takes any more, or only the others.")] = None,
    payer_id: UUID | None = None,
    client_id: ClientId | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> UnclaimedRecords:
    """Return insured records that no claim stands for, with the count and amount of all of them.

    Money is owed on them, or the client has paid all of it as their part by the plan (deductible, copay, coinsurance), which the insurer
    counts only by a claim.
    """
    which = queries.Unclaimed(late, payer_id, client_id)
    return await queries.list_unclaimed(db, today, limit, cursor, which)


@router.get("/{batch_id}", operation_id="find_claim_batch", summary="Find a batch of claims", responses=documented(404))
async def find_claim_batch(batch_id: UUID, db: Reading) -> ClaimBatchView:
    """Return the claims of one file; the id is the batch's, as every claim names it."""
    return await queries.find_batch(db, batch_id)


@router.get("/{batch_id}/837p", operation_id="read_claim_file", summary="A batch's 837P file", response_class=Response,
            responses=documented(404) | FILE)  # fmt: skip
async def read_claim_file(batch_id: UUID, db: Reading) -> Response:
    """Return the file exactly as it was written when the records were claimed; it never changes."""
    number, text = await queries.find_file(db, batch_id)
    return Response(text, media_type=EDI, headers={"Content-Disposition": f'attachment; filename="claims-{number:09d}.837p"'})


voids = APIRouter(tags=["records"])


@voids.post("/records/{record_id}/void", operation_id="void_record", summary="Take a record back", responses=documented(404, 409))
async def void(record_id: RecordId, body: NewVoid, once: Once, by: User, today: Today) -> VoidedView:
    """Reverse the bill; money that came in for it becomes unapplied credit.

    A claim that was sent for it still stands with the payer: the answer names it, and it has to be withdrawn with frequency 8.
    """
    return await once(lambda tx: use_cases.void(record_id, body, by, today, tx), VoidedView)


RETURNED: Final = (
    "ISA*00*          *00*          *ZZ*CLEARING01     *ZZ*HARBOR01       *260304*0900*^*00501*000000012*0*P*:~"
    "GS*FA*CLEARING01*HARBOR01*20260304*0900*12*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*107*005010X222A1~"
    "AK2*837*0001*005010X222A1~IK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*12~IEA*1*000000012~"
)

RETURNED_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file, as it came", "content": {EDI: {"schema": {"type": "string"}, "example": RETURNED}}}
}

SEEN_BEFORE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": AcknowledgementView, "description": "It had come before, and changes nothing."}
}


@router.post("/acknowledgements", operation_id="receive_acknowledgement", summary="Take in a TA1, 999 or 277CA file",
             status_code=HTTPStatus.CREATED,
             responses=documented(413, 415) | SEEN_BEFORE, openapi_extra=described(RETURNED))  # fmt: skip
async def receive_acknowledgement(request: Request, response: Response, once: Once, by: User) -> AcknowledgementView:
    """Let claims follow what came back for their file: accepted, or rejected with every reason.

    A rejected claim counts as never sent: its record may be claimed again with the frequency that the claim had. One that the payer
    has answered stays as it is.
    """
    text = await read_text(request)
    file = await in_thread(acknowledgement.read, text)
    received = await once(lambda tx: use_cases.receive(file, text, by, tx), ReceivedAcknowledgement)
    if not received.is_new:
        response.status_code = HTTPStatus.OK
    return received.acknowledgement


@router.get("/acknowledgements/{acknowledgement_id}", operation_id="find_acknowledgement", summary="Find a TA1, 999 or 277CA file",
            responses=documented(404))  # fmt: skip
async def find_acknowledgement(acknowledgement_id: UUID, db: Reading) -> AcknowledgementView:
    """Return what such a file stated of each claim, and what that did."""
    return await queries.find_acknowledgement(db, acknowledgement_id)


@router.get("/acknowledgements/{acknowledgement_id}/file", operation_id="read_acknowledgement",
            summary="A TA1, 999 or 277CA file as it came", response_class=Response, responses=documented(404) | RETURNED_FILE)  # fmt: skip
async def read_acknowledgement(acknowledgement_id: UUID, db: Reading) -> Response:
    """Return the file as it was sent here."""
    text = await queries.read_acknowledgement(db, acknowledgement_id)
    disposition = {"Content-Disposition": f'attachment; filename="{acknowledgement_id}.edi"'}
    return Response(text, media_type=EDI, headers=disposition)
