"""Records of one site by date of service."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the index while others write."""
    build_indexes({"record_site": "record (site_id, service_date, id)"})


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX record_site")
