"""How therapist and client of a session meet, in place of whether they met by video or telephone."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the modality and where the client was; what was marked as telehealth so far becomes video."""
    op.execute(
        """
        ALTER TABLE session
            ADD COLUMN modality text NOT NULL DEFAULT 'in_person' CHECK (modality IN ('in_person', 'video', 'audio')),
            ADD COLUMN booked_modality text CHECK (booked_modality IN ('in_person', 'video', 'audio')),
            ADD COLUMN client_location text CHECK (client_location IN ('home', 'other'))
        """
    )
    op.execute("UPDATE session SET modality = 'video', booked_modality = 'in_person' WHERE telehealth")
    op.execute("ALTER TABLE session DROP COLUMN telehealth")


def downgrade() -> None:
    """Keep whether it was by video or audio."""
    op.execute("ALTER TABLE session ADD COLUMN telehealth boolean NOT NULL DEFAULT false")
    op.execute("UPDATE session SET telehealth = true WHERE modality <> 'in_person'")
    op.execute("ALTER TABLE session DROP COLUMN modality, DROP COLUMN booked_modality, DROP COLUMN client_location")
