"""Holds that need a new place are found from the blocks, the rooms and the hours that displace them."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0006"
down_revision = "0005"

INDEXES = {
    "block_over_sessions": "block (ends_at) WHERE over_sessions",
    "hold_outside_hours": "hold (starts_at) WHERE outside_hours AND status IN ('held', 'confirmed')",
}


def upgrade() -> None:
    """Mark the blocks over sessions, and index them and the holds outside hours."""
    # a version that does not know the column marks its blocks too: a block over nothing costs a look, no more
    op.execute("ALTER TABLE block ADD COLUMN IF NOT EXISTS over_sessions boolean NOT NULL DEFAULT true")
    op.execute("""
        UPDATE block SET over_sessions = false WHERE NOT EXISTS (
            SELECT FROM hold WHERE hold.room_id = block.room_id AND hold.status IN ('held', 'confirmed')
                AND hold.starts_at < block.ends_at AND hold.ends_at > block.starts_at
                AND hold.starts_at > block.starts_at - interval '1 day'
        )
    """)
    build_indexes(INDEXES)


def downgrade() -> None:
    """Forget it again."""
    op.execute("DROP INDEX hold_outside_hours, block_over_sessions")
    op.execute("ALTER TABLE block DROP COLUMN over_sessions")
