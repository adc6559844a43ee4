"""The HTTP edge of the self-check."""

from chassis.http.conventions import Once, Reading
from chassis.http.problems import documented
from contracts.types import ComparisonId
from fastapi import APIRouter

from scheduling.reconciliation import queries, use_cases
from scheduling.reconciliation.schemas import NewReconciliation, Reconciliation

router = APIRouter(prefix="/reconciliations", tags=["operations"])


@router.post("", status_code=202, summary="Compare sessions with holds and records", operation_id="start_reconciliation")
async def start(once: Once, body: NewReconciliation | None = None) -> Reconciliation:
    """Begin, or wait for the one under way, which may take long in a large network; look again until it is complete."""
    repair = (body or NewReconciliation()).repair
    return await once(lambda tx: use_cases.start(tx, repair=repair), Reconciliation)


@router.get("/{comparison_id}", summary="What a comparison found", operation_id="get_reconciliation", responses=documented(404))
async def find(comparison_id: ComparisonId, db: Reading) -> Reconciliation:
    """Return how far it has come, and the differences found so far."""
    return await queries.find(db, comparison_id)
