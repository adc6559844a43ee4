"""Read what a comparison found."""

from collections.abc import Sequence
from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from contracts.types import ComparisonId
from sqlalchemy import select

from scheduling.reconciliation.schemas import Difference, Reconciliation
from scheduling.reconciliation.tables import ComparisonRow, DifferenceRow

SHOWN: Final = 500


async def find(db: ReadSession, comparison_id: ComparisonId) -> Reconciliation:
    """Return a comparison as far as it has come; NotFound where there is none."""
    row = require(await db.find(ComparisonRow, comparison_id), "reconciliation", comparison_id)
    query = select(DifferenceRow).where(DifferenceRow.comparison_id == comparison_id).order_by(DifferenceRow.id).limit(SHOWN)
    return reconciliation_view(row, await db.scalars(query))


def reconciliation_view(row: ComparisonRow, differences: Sequence[DifferenceRow]) -> Reconciliation:
    """Show a comparison with its differences."""
    complete = row.holds_compared_at is not None and row.records_compared_at is not None
    return Reconciliation(
        id=row.id,
        repair=row.repair,
        started_at=row.started_at,
        holds_page=row.holds_page,
        records_page=row.records_page,
        holds_compared_at=row.holds_compared_at,
        records_compared_at=row.records_compared_at,
        is_waiting=not row.holds_page,
        is_complete=complete,
        differences=[Difference.model_validate(difference) for difference in differences],
    )
