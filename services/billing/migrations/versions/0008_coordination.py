"""Coordination of benefits: an answer says which insurer of its record has given it."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the insurer's place; what was posted so far was posted as the first insurer's answer."""
    op.execute("ALTER TABLE remittance_claim ADD COLUMN sequence smallint NOT NULL DEFAULT 1")


def downgrade() -> None:
    """Drop what was new."""
    op.execute("ALTER TABLE remittance_claim DROP COLUMN sequence")
