"""Billing, put together: previews, records and the ledger."""

from chassis.database import Database
from chassis.service import Service
from fastapi import FastAPI

from billing import api, api_coverage, api_credit, api_diagnosis_codes, api_network, api_parties, use_cases
from billing.alarms import ALARMS
from billing.claims import api as api_claims
from billing.claims import api_coverages, api_diagnoses
from billing.claims import api_records as api_claimed_records
from billing.claims.alarms import repricing
from billing.claims.use_cases import Office
from billing.consumers import handlers
from billing.papers import api as api_papers
from billing.papers import api_exports
from billing.papers.press import Press
from billing.remittances import api as api_remittances
from billing.reports import api as api_reports
from billing.reports import api_records as api_record_sheets
from billing.settings import Settings


def build(settings: Settings) -> FastAPI:
    """Put billing together from its settings."""
    zone = settings.network_time_zone
    return Service(
        settings=settings,
        title="billing",
        description="Prices before the booking, one record of each completed session, and the ledger of what became of the money.",
        routers=[
            api_network.router,
            api.prices,
            api_record_sheets.router,
            api.records,
            api_credit.router,
            api_claimed_records.router,
            api_coverage.router,
            api_coverages.router,
            api_parties.router,
            api_diagnosis_codes.router,
            api_diagnoses.router,
            api_claims.router,
            api_papers.router,
            api_exports.router,
            api_remittances.router,
            api_reports.router,
        ],
        larger_bodies=api_diagnosis_codes.LARGER_BODIES,
        database=Database(settings),
        handlers=handlers(zone),
        alarms=(*ALARMS, repricing(zone)),
        on_start=use_cases.ask_for_what_was_said_before,
        state={"zone": zone, "office": Office(zone, settings.claim_usage), "press": Press(settings.paper_size, settings.paper_fonts)},
    ).app()


def app() -> FastAPI:
    """Run billing from the environment: ``uvicorn --factory billing.main:app``."""
    return build(Settings())
