"""The waitlist of a site, and those who still wait, without reading everybody who ever did."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0014"
down_revision = "0013"

INDEXES = {
    "waitlist_site": "waitlist_entry (site_id, id)",
    "waitlist_until": "waitlist_entry (latest, site_id) WHERE withdrawn_at IS NULL",
}


def upgrade() -> None:
    """Create the indexes."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX waitlist_site, waitlist_until")
