"""How those who wait want to meet their therapist."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add it; who waits already comes in person."""
    op.execute(
        """
        ALTER TABLE waitlist_entry
            ADD COLUMN modality text NOT NULL DEFAULT 'in_person' CHECK (modality IN ('in_person', 'video', 'audio'))
        """
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE waitlist_entry DROP COLUMN modality")
