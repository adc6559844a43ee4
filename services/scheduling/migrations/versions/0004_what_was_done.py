"""What was done in a session besides the booked service, and whether by video."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns."""
    op.execute("ALTER TABLE session ADD COLUMN telehealth boolean NOT NULL DEFAULT false, ADD COLUMN add_ons jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    """Drop them again."""
    op.execute("ALTER TABLE session DROP COLUMN telehealth, DROP COLUMN add_ons")
