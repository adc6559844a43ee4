"""Alembic's entrance."""

import billing.claim_store
import billing.estimate_store
import billing.party_store
import billing.remittance_store  # noqa: F401 (their tables join the others)
from billing.store import Table
from chassis.migrate import run

run(Table.metadata)
