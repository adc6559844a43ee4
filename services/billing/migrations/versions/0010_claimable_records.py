"""Find records that wait to be claimed, and submitted claims by their amount, without reading the others."""

from alembic import op

revision = "0010"
down_revision = "0009"

INDEXES = (
    """
    CREATE INDEX record_claimable ON record (service_date, id) INCLUDE (total_amount)
        WHERE insurance_covered AND kind = 'session' AND payment_status IN ('pending', 'submitted', 'partially_paid')
    """,
    "CREATE INDEX claim_total_amount ON claim (total_amount, id) WHERE status = 'submitted'",
)


def upgrade() -> None:
    """Create the indexes."""
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX record_claimable, claim_total_amount")
