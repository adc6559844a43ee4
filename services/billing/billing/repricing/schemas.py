"""Views of records that follow a coverage, a fee or a discount."""

from typing import Any, Final
from uuid import UUID

from chassis.bodies.models import View
from contracts.types import Day, RecordId
from pydantic import ConfigDict

from billing.claim_rules.facts import ClaimStatus
from billing.claims.schemas import CLAIM_ID, REFUSED_ID
from billing.coverages.schemas import COVERAGE_EXAMPLE, CoverageView
from billing.records.schemas import RECORD_ID

MOST_FOLLOWING: Final = 500
"""A client has so many visits in ten years; a coverage with more records is ended, and a new one begun."""

CLAIM_AGAIN: Final = (
    "Claim it again with frequency 7, which replaces the claim; name the payer's number of that claim where no remittance has stated it."
)

FOLLOWING_EXAMPLE: Final[dict[str, Any]] = {"record_id": RECORD_ID, "replaced_by": None}

CLAIMED_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": REFUSED_ID,
    "service_date": "2026-03-02",
    "service_code": "90837",
    "claim_id": CLAIM_ID,
    "control_number": "HF000000108",
    "status": "submitted",
    "fix": CLAIM_AGAIN,
}


class FollowingView(View):
    """A record that had not been claimed: its claim will state the coverage as it is now."""

    record_id: RecordId
    replaced_by: RecordId | None
    """The record in its place, priced anew; None where its price stays and only what claims state has changed, or that was refused."""


class ClaimedView(View):
    """A record whose claim states the coverage as it was before."""

    record_id: RecordId
    service_date: Day
    service_code: str
    claim_id: UUID
    control_number: str
    status: ClaimStatus
    fix: str


class CoverageChanged(CoverageView):
    """A changed coverage, and what became of the records that were made with it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**COVERAGE_EXAMPLE, "following": [FOLLOWING_EXAMPLE], "claimed": [CLAIMED_EXAMPLE]}]}
    )

    following: list[FollowingView]
    """Records that had not been claimed; empty where nothing that a claim or a price states was changed."""
    claimed: list[ClaimedView]
    """Records whose claims have to be mended by hand."""


class Looked(View):
    """The last record that was looked at; None when there are no more."""

    after: RecordId | None


class Repriced(View):
    """How far the pricing anew of a coverage's records has come."""

    is_whole: bool
