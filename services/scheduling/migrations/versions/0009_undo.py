"""Who or what caused a cancellation, why a fee is waived, until when the end of a session can be undone, and what was booked."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    op.execute("ALTER TABLE session ADD COLUMN cancellation_cause text, ADD COLUMN fee_waiver text, ADD COLUMN undo_until timestamptz")
    op.execute("ALTER TABLE session ADD COLUMN booked_as jsonb")


def downgrade() -> None:
    """Drop them again."""
    op.execute("ALTER TABLE session DROP COLUMN cancellation_cause, DROP COLUMN fee_waiver, DROP COLUMN undo_until, DROP COLUMN booked_as")
