"""Alembic's entrance."""

import billing.claims.store
import billing.diagnosis_store
import billing.papers.estimate_store
import billing.party_store
import billing.remittances.store
import billing.replicas
import billing.terms_store  # noqa: F401 (their tables join the others)
from billing.store import Table
from chassis.migrate import run

KEPT = {"record.telehealth": "processes of the release before read and write it in place of the modality"}

run(Table.metadata, KEPT)
