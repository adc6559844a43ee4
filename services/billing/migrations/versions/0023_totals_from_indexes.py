"""Totals of records are read from indexes alone, and records without a diagnosis have an index."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0023"
down_revision = "0022"

INDEXES = {
    "record_open": "record (service_date, id) INCLUDE (balance, payment_status) WHERE balance > 0",
    "record_site_open": "record (site_id, service_date, id) INCLUDE (balance, payment_status) WHERE balance > 0",
    "record_lacks_diagnoses": """
        record (service_date, id) WHERE diagnoses = '[]' AND kind = 'session' AND payment_status <> 'voided'
    """,
}
FORMER = {
    "record_open": "record (service_date, id) WHERE balance > 0",
    "record_site_open": "record (site_id, service_date, id) WHERE balance > 0",
}


def upgrade() -> None:
    """Build the indexes while others write."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Build the former ones."""
    op.execute("DROP INDEX record_lacks_diagnoses")
    build_indexes(FORMER)
