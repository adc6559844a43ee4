"""Records of one site by date of service."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the index."""
    op.execute("CREATE INDEX record_site ON record (site_id, service_date, id)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX record_site")
