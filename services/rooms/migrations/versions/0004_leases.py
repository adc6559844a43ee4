"""Leases of leaders, what the relay remembers of rows that are set aside, and an index for forgetting holds that ended."""

from alembic import op
from chassis import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; the chassis' part exists already in databases that were created with it."""
    tables.add_leases(op.get_bind())
    op.execute("CREATE INDEX hold_refused_long_ago ON hold (updated_at) WHERE status = 'refused'")
    op.execute("CREATE INDEX hold_missed_long_ago ON hold (updated_at) WHERE status = 'released' AND reason = 'no_show'")
    ended = "status IN ('expired', 'released') AND reason IS DISTINCT FROM 'no_show'"
    op.execute(f"CREATE INDEX hold_ended_long_ago ON hold (updated_at) WHERE {ended}")


def downgrade() -> None:
    """Remove the indexes; an older release does not look at the chassis' part."""
    op.execute("DROP INDEX hold_refused_long_ago, hold_missed_long_ago, hold_ended_long_ago")
