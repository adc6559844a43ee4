"""For how many clients a session of a service is booked at least."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add it; services are booked for one client until catalog announces otherwise."""
    op.execute("ALTER TABLE service_replica ADD COLUMN min_clients integer NOT NULL DEFAULT 1")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE service_replica DROP COLUMN min_clients")
