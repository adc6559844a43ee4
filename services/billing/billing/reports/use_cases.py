"""Repair of what the reconciliation report counts: billing cannot read other services, so it requests a comparison."""

from chassis.data.database import Transaction
from contracts.scheduling import StartReconciliation

from billing.reports.schemas import RepairRequested


async def request_repair(tx: Transaction) -> RepairRequested:
    """Request scheduling's self-check, which publishes again what billing has missed; surplus records are left to people."""
    return RepairRequested(asked=StartReconciliation.type, message_id=tx.send(StartReconciliation(repair=True)), asked_at=tx.now)
