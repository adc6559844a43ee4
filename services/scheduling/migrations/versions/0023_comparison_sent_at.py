"""A comparison states when the page that each owner compares now was sent, so that one that was lost is sent again."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns; a comparison that is under way begins again at its first session."""
    op.execute("ALTER TABLE comparison ADD COLUMN holds_sent_at timestamptz, ADD COLUMN records_sent_at timestamptz")


def downgrade() -> None:
    """Drop them; a comparison that is under way may compare a page twice."""
    op.execute("ALTER TABLE comparison DROP COLUMN holds_sent_at, DROP COLUMN records_sent_at")
