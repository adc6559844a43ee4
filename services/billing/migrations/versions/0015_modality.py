"""How therapist and client of a record's session met, in place of whether it was by video or telephone."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the modality and where the client was; what was marked as telehealth so far becomes video, as it was claimed."""
    op.execute(
        """
        ALTER TABLE record
            ADD COLUMN modality varchar(20) NOT NULL DEFAULT 'in_person' CHECK (modality IN ('in_person', 'video', 'audio')),
            ADD COLUMN client_location varchar(20) CHECK (client_location IN ('home', 'other'))
        """
    )
    op.execute("UPDATE record SET modality = 'video' WHERE telehealth")
    op.execute("ALTER TABLE record DROP COLUMN telehealth")


def downgrade() -> None:
    """Keep whether it was by video or audio."""
    op.execute("ALTER TABLE record ADD COLUMN telehealth boolean NOT NULL DEFAULT false")
    op.execute("UPDATE record SET telehealth = true WHERE modality <> 'in_person'")
    op.execute("ALTER TABLE record DROP COLUMN modality, DROP COLUMN client_location")
