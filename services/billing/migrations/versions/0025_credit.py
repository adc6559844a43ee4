"""Records with unapplied credit have an index."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0025"
down_revision = "0024"

INDEXES = {"record_credit": "record (service_date, id) INCLUDE (unapplied_credit) WHERE unapplied_credit > 0"}


def upgrade() -> None:
    """Build the index while others write."""
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX record_credit")
