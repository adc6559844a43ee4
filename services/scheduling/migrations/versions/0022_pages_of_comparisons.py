"""A comparison states after which session the next page of each owner begins."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the columns; a comparison that was under way goes on when its next answer comes."""
    op.execute("ALTER TABLE comparison ADD COLUMN holds_after uuid, ADD COLUMN records_after uuid")


def downgrade() -> None:
    """Drop them; a comparison that is under way stays incomplete, and the next one that is due finds what it would have."""
    op.execute("ALTER TABLE comparison DROP COLUMN holds_after, DROP COLUMN records_after")
