"""Leases of leaders, and what the relay remembers of rows that are set aside."""

from alembic import op

revision = "0002"
down_revision = "0001"
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
    """Add them; nothing of it existed before, except in databases that were created with them."""
    for statement in LEASES:
        op.execute(statement)


def downgrade() -> None:
    """Leave them: an older release does not look at them."""
