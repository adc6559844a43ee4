"""Fees and discounts have a version: they can be corrected and ended."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add it; processes of the release before leave it out."""
    for table in ("fee", "discount"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN version integer NOT NULL DEFAULT 1")


def downgrade() -> None:
    """Drop it."""
    for table in ("fee", "discount"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN version")
