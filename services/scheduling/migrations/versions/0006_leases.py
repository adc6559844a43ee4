"""Leases of leaders, and what the relay remembers of rows that are set aside."""

from alembic import op
from chassis import tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; nothing of it existed before, except in databases that were created with them."""
    tables.add_leases(op.get_bind())


def downgrade() -> None:
    """Leave them: an older release does not look at them."""
