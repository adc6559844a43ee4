"""Leases of leaders, what the relay remembers of rows that are set aside, and indexes for forgetting holds that ended."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0004"
down_revision = "0003"
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

INDEXES = {
    "hold_refused_long_ago": "hold (updated_at) WHERE status = 'refused'",
    "hold_missed_long_ago": "hold (updated_at) WHERE status = 'released' AND reason = 'no_show'",
    "hold_ended_long_ago": "hold (updated_at) WHERE status IN ('expired', 'released') AND reason IS DISTINCT FROM 'no_show'",
}


def upgrade() -> None:
    """Add them; the chassis' part exists already in databases that were created with it."""
    for statement in LEASES:
        op.execute(statement)
    build_indexes(INDEXES)


def downgrade() -> None:
    """Remove the indexes; an older release does not look at the chassis' part."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
