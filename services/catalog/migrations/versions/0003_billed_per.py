"""Whether a session with several clients is billed once, or once for each of them."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add it; what is there is billed for each client, as before, and as processes of the release before go on."""
    op.execute("ALTER TABLE service ADD COLUMN billed_per varchar(20) NOT NULL DEFAULT 'client'")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE service DROP COLUMN billed_per")
