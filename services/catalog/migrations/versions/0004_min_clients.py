"""For how many clients a session of a service is booked at least."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it; what is there is booked for one client, as before, and as processes of the release before go on."""
    op.execute("ALTER TABLE service ADD COLUMN min_clients integer NOT NULL DEFAULT 1")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE service DROP COLUMN min_clients")
