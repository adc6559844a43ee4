"""The waitlist of a site, and those who still wait, without reading everybody who ever did."""

from alembic import op

revision = "0014"
down_revision = "0013"

INDEXES = (
    "CREATE INDEX waitlist_site ON waitlist_entry (site_id, id)",
    "CREATE INDEX waitlist_until ON waitlist_entry (latest, site_id) WHERE withdrawn_at IS NULL",
)


def upgrade() -> None:
    """Create the indexes."""
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX waitlist_site, waitlist_until")
