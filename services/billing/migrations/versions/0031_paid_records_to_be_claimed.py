"""Records that the client has paid as their part by the plan wait to be claimed too, so the list's index has them."""

from chassis.data.migrations import build_indexes

revision = "0031"
down_revision = "0030"

INDEX = "record_unclaimed"
WAITS = "NOT is_claimed AND insurance_covered AND kind = 'session'"
OWED = "payment_status IN ('pending', 'submitted', 'partially_paid')"
PAID = "payment_status = 'paid' AND insurance_amount = 0 AND total_amount > 0"


def upgrade() -> None:
    """Build the index while others write; the release before finds its records by it too."""
    build_indexes({INDEX: f"record (service_date, id) INCLUDE (total_amount, payment_status) WHERE {WAITS} AND ({OWED} OR {PAID})"})


def downgrade() -> None:
    """Build the former one."""
    build_indexes({INDEX: f"record (service_date, id) INCLUDE (total_amount) WHERE {WAITS} AND {OWED}"})
