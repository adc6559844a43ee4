"""The modality of sessions that were completed before there was one, in a transaction that keeps nobody from other sessions."""

from alembic import op

revision = "0011"
down_revision = "0010"

CHECKS = ("session_modality_check", "session_booked_modality_check", "session_client_location_check")


def upgrade() -> None:
    """Make video of what was marked as telehealth."""
    op.execute("UPDATE session SET modality = 'video', booked_modality = 'in_person' WHERE telehealth AND modality = 'in_person'")
    for name in CHECKS:
        op.execute(f"ALTER TABLE session VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Nothing to undo: telehealth says the same."""
