"""What is answered beside reports."""

from uuid import UUID

from chassis.bodies.models import View
from contracts.types import Instant
from pydantic import ConfigDict


class RepairRequested(View):
    """What was requested of scheduling."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "asked": "scheduling.start_reconciliation.v1",
                    "message_id": "01956b3a-728f-7f50-a6d9-1a9b0a2fe04f",
                    "asked_at": "2026-03-31T14:00:00Z",
                }
            ]
        }
    )

    asked: str
    """The command: compare all completed sessions with the records, and publish those again that have none."""
    message_id: UUID
    asked_at: Instant
    """The reconciliation report shows what came of it once its ``compared_at`` is later than this."""
