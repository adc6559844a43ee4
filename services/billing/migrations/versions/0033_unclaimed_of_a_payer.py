"""Records of a payer that wait to be claimed have an index of their own, with what their sums need."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0033"
down_revision = "0032"

INDEX = "record_unclaimed_of_payer"
WAITS = "NOT is_claimed AND insurance_covered AND kind = 'session'"
OWED = "payment_status IN ('pending', 'submitted', 'partially_paid')"
PAID = "payment_status = 'paid' AND insurance_amount = 0 AND total_amount > 0"


def upgrade() -> None:
    """Build the index while others write; the release before has no such list."""
    build_indexes(
        {INDEX: f"record (payer_id, service_date, id) INCLUDE (total_amount, payment_status) WHERE {WAITS} AND ({OWED} OR {PAID})"}
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX)
