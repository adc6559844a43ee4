"""Find records that wait to be claimed, and submitted claims by their amount, without reading the others."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0010"
down_revision = "0009"

INDEXES = {
    "record_claimable": """
        record (service_date, id) INCLUDE (total_amount)
        WHERE insurance_covered AND kind = 'session' AND payment_status IN ('pending', 'submitted', 'partially_paid')
    """,
    "claim_total_amount": "claim (total_amount, id) WHERE status = 'submitted'",
}


def upgrade() -> None:
    """Create the indexes while others write."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX record_claimable, claim_total_amount")
