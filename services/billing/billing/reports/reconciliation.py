"""Repair of what the reconciliation report counts: billing cannot look into other services, so it asks for a comparison."""

from uuid import UUID

from chassis.database import Transaction
from chassis.edge import View
from contracts.scheduling import StartReconciliation
from contracts.types import Instant
from pydantic import ConfigDict


class RepairAsked(View):
    """What was asked of scheduling."""

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
    """The command: compare all completed sessions with the records, and say those again that have none."""
    message_id: UUID
    asked_at: Instant
    """The reconciliation report shows what came of it once its ``compared_at`` is later than this."""


async def ask_for_repair(tx: Transaction) -> RepairAsked:
    """Ask scheduling for its self-check, which says again what billing has missed; surplus records are left to people."""
    command = StartReconciliation(repair=True)
    return RepairAsked(asked=command.type, message_id=tx.send(command), asked_at=tx.now)
