"""Which payer a remittance is from, by the ids that its file gives."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add it; of the remittances so far only the name is kept."""
    op.execute("ALTER TABLE remittance ADD COLUMN payer_ids text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE remittance DROP COLUMN payer_ids")
