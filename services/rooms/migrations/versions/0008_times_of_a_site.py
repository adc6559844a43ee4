"""What takes the rooms of a site for a time, holds and blocks, is found in an index that has both ends of it."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0008"
down_revision = "0007"

INDEXES = {
    "hold_site_stay": "hold (site_id, starts_at, occupied_until) WHERE status IN ('held', 'confirmed')",
    "block_site_span": "block (site_id, ends_at, starts_at)",
}
BEFORE = {
    "hold_site_time": "hold (site_id, starts_at) WHERE status IN ('held', 'confirmed')",
    "block_site_time": "block (site_id, ends_at)",
}


def upgrade() -> None:
    """Build the indexes, and drop those that begin as they do."""
    build_indexes(INDEXES)
    op.execute("DROP INDEX IF EXISTS hold_site_time, block_site_time")


def downgrade() -> None:
    """Build the former ones again."""
    build_indexes(BEFORE)
    op.execute("DROP INDEX IF EXISTS hold_site_stay, block_site_span")
