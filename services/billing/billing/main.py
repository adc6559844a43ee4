"""Billing, put together: previews, records and the ledger."""

from chassis.data.database import Database
from chassis.runtime.service import Service
from fastapi import FastAPI

from billing import (
    assignments,
    change_log,
    claims,
    corrections,
    coverages,
    diagnosis_codes,
    documents,
    exports,
    fee_impact,
    network,
    parties,
    payers,
    payments,
    previews,
    quotes,
    reconciliation,
    record_diagnoses,
    records,
    remittances,
    replicas,
    reports,
    repricing,
    submissions,
)
from billing.access import TABLE
from billing.settings import Settings


def composed(settings: Settings) -> Service:
    """Put billing together from its settings."""
    zone = settings.network_time_zone
    return Service(
        settings=settings,
        title="billing",
        description="Prices before the booking, one record of each completed session, and the ledger of what became of the money.",
        database=Database(settings),
        access=TABLE,
        capabilities=[
            network.capability,
            previews.capability,
            quotes.capability(zone),
            reports.capability,
            records.capability(zone),
            payments.capability,
            corrections.capability,
            claims.capability,
            submissions.capability(zone, settings.claim_usage),
            payers.capability,
            coverages.capability,
            fee_impact.capability,
            repricing.capability(zone),
            parties.capability,
            change_log.capability,
            diagnosis_codes.capability,
            record_diagnoses.capability,
            documents.capability(settings.paper_size, settings.paper_fonts),
            exports.capability,
            remittances.capability,
            assignments.capability,
            reconciliation.capability,
            replicas.capability,
        ],
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the app of the service with these settings."""
    return composed(settings).app()


def app() -> FastAPI:
    """Run billing from the environment: ``uvicorn --factory billing.main:app``."""
    return build(Settings.from_environment())
