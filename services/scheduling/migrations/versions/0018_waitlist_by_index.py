"""Who waits, and who waits before whom, is read from indexes alone."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0018"
down_revision = "0017"

INDEXES = {
    "waitlist_place": "waitlist_entry (site_id, id) INCLUDE (latest, session_id) WHERE withdrawn_at IS NULL",
    "waitlist_until_then": "waitlist_entry (latest, site_id) INCLUDE (id, session_id) WHERE withdrawn_at IS NULL",
}
BEFORE = {
    "waitlist_waiting": "waitlist_entry (site_id, id) WHERE withdrawn_at IS NULL",
    "waitlist_until": "waitlist_entry (latest, site_id) WHERE withdrawn_at IS NULL",
}


def upgrade() -> None:
    """Build the indexes, and drop those that lack these columns."""
    build_indexes(INDEXES)
    op.execute("DROP INDEX IF EXISTS waitlist_waiting, waitlist_until")


def downgrade() -> None:
    """Build the former ones again."""
    build_indexes(BEFORE)
    op.execute("DROP INDEX IF EXISTS waitlist_place, waitlist_until_then")
