"""The HTTP edge of the self-check."""

from chassis.edge import Body, Once, Reading
from chassis.problems import documented
from contracts.types import ComparisonId, Flag
from fastapi import APIRouter
from pydantic import ConfigDict

from scheduling import reconciliation
from scheduling.reconciliation import Reconciliation

router = APIRouter(prefix="/reconciliations", tags=["operations"])


class NewReconciliation(Body):
    """A comparison to begin."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repair": True}]})

    repair: Flag = True
    """Mend what can be mended by saying it again; false only lists."""


@router.post("", status_code=202, summary="Compare sessions with holds and records", operation_id="start_reconciliation")
async def start(once: Once, body: NewReconciliation | None = None) -> Reconciliation:
    """Begin; look again until it is complete."""
    repair = (body or NewReconciliation()).repair
    return await once(lambda tx: reconciliation.start(tx, repair=repair), Reconciliation)


@router.get("/{comparison_id}", summary="What a comparison found", operation_id="get_reconciliation", responses=documented(404))
async def find(comparison_id: ComparisonId, db: Reading) -> Reconciliation:
    """Return how far it has come, and the differences found so far."""
    return await reconciliation.find(db, comparison_id)
