"""Leases of leaders, what the relay remembers of rows that are set aside, and an index for forgetting quotes."""

from alembic import op
from chassis import tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; the chassis' part exists already in databases that were created with it."""
    tables.add_leases(op.get_bind())
    op.execute("CREATE INDEX quote_day ON quote (service_date)")


def downgrade() -> None:
    """Remove the index; an older release does not look at the chassis' part."""
    op.execute("DROP INDEX quote_day")
