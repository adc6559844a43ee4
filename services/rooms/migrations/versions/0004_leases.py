"""Leases of leaders, what the relay remembers of rows that are set aside, and indexes for forgetting holds that ended."""

from alembic import op
from chassis import tables
from chassis.migrate import build_indexes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "hold_refused_long_ago": "hold (updated_at) WHERE status = 'refused'",
    "hold_missed_long_ago": "hold (updated_at) WHERE status = 'released' AND reason = 'no_show'",
    "hold_ended_long_ago": "hold (updated_at) WHERE status IN ('expired', 'released') AND reason IS DISTINCT FROM 'no_show'",
}


def upgrade() -> None:
    """Add them; the chassis' part exists already in databases that were created with it."""
    tables.add_leases(op.get_bind())
    build_indexes(INDEXES)


def downgrade() -> None:
    """Remove the indexes; an older release does not look at the chassis' part."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
