"""Which version of the cancellation policy is kept: statements are ordered by it, not by the time at which they were made."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add it; what was stated without a version has none."""
    op.execute("ALTER TABLE policy_replica ADD COLUMN version integer")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE policy_replica DROP COLUMN version")
