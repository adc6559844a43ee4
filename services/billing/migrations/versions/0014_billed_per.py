"""Whether a record is the one of its session, or that of one of its clients."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add it; each record so far is that of a client, and those that processes of the release before write."""
    op.execute("ALTER TABLE record ADD COLUMN billed_per varchar(20) NOT NULL DEFAULT 'client'")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE record DROP COLUMN billed_per")
