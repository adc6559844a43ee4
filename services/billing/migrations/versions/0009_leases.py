"""Leases of leaders, what the relay remembers of rows that are set aside, and an index for forgetting quotes."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEASES = (
    "CREATE TABLE IF NOT EXISTS lease (name text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL)",
    "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS parked_reason text",
    "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS parked_times integer NOT NULL DEFAULT 0",
    "CREATE INDEX IF NOT EXISTS outbox_ready ON outbox (exchange, id) WHERE parked_until IS NULL",
    "CREATE INDEX IF NOT EXISTS outbox_aside ON outbox (exchange, parked_until) WHERE parked_until IS NOT NULL",
)
"""Databases that 0001 created in its present form have all of it already."""


def upgrade() -> None:
    """Add them; the chassis' part exists already in databases that were created with it."""
    for statement in LEASES:
        op.execute(statement)
    build_indexes({"quote_day": "quote (service_date)"})


def downgrade() -> None:
    """Remove the index; an older release does not look at the chassis' part."""
    op.execute("DROP INDEX quote_day")
