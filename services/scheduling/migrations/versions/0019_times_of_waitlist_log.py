"""A decision about somebody who waits names its times as data too, so that they can be written in another way."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column; what was decided before has its times in its text alone."""
    op.execute("ALTER TABLE waitlist_log ADD COLUMN times jsonb")


def downgrade() -> None:
    """Drop it; the text of each decision stays."""
    op.execute("ALTER TABLE waitlist_log DROP COLUMN times")
