"""Queries rooms for what would become of requests, without holding anything: one question there, one answer back, nothing written."""

from collections.abc import Collection, Sequence
from typing import Final

from chassis.requests.questions import Questions
from contracts.rooms import CheckHolds, HoldFinding, HoldRequest, HoldsChecked
from contracts.types import HoldId, InquiryId, new_id

PATIENCE_S: Final = 3.0
REQUESTS_AT_MOST: Final = 400

Findings = dict[HoldId, HoldFinding]


async def query_rooms(
    questions: Questions,
    requests: Sequence[HoldRequest],
    alternatives: int = 0,
    patience_s: float = PATIENCE_S,
    *,
    alternatives_for: Collection[HoldId] | None = None,
) -> Findings | None:
    """Return what would become of each request, by its hold id; None when rooms does not answer in time.

    So many alternatives are found for each request that would be refused, or only for those of ``alternatives_for``.
    """
    if not requests:
        return {}
    question = CheckHolds(
        inquiry_id=InquiryId(new_id()),
        requests=tuple(requests),
        alternatives=alternatives,
        alternatives_for=None if alternatives_for is None else tuple(alternatives_for),
    )
    checked = await questions.request_answer(question, HoldsChecked, patience_s)
    return None if checked is None else {finding.hold_id: finding for finding in checked.findings}
