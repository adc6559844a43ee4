"""How therapist and client of a record's session met, beside whether it was by video or telephone.

Processes of the release before know only ``telehealth``. Triggers keep both in agreement until the next release drops it.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

COLUMNS = """
    ALTER TABLE record
        ADD COLUMN modality varchar(20) NOT NULL DEFAULT 'in_person' CHECK (modality IN ('in_person', 'video', 'audio')),
        ADD COLUMN client_location varchar(20) CHECK (client_location IN ('home', 'other'))
"""
OF_BEFORE = "UPDATE record SET modality = 'video' WHERE telehealth"
KEEP_TELEHEALTH = """
    CREATE FUNCTION keep_telehealth() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.modality = 'in_person' THEN
                NEW.modality := 'video';
            END IF;
            NEW.telehealth := true;
        ELSIF NEW.modality <> OLD.modality THEN
            NEW.telehealth := NEW.modality <> 'in_person';
        ELSE
            NEW.modality := CASE WHEN NEW.telehealth THEN 'video' ELSE 'in_person' END;
        END IF;
        RETURN NEW;
    END $$
"""
ON_INSERT = """
    CREATE TRIGGER keep_telehealth_insert BEFORE INSERT ON record FOR EACH ROW
    WHEN (NEW.telehealth OR NEW.modality <> 'in_person') EXECUTE FUNCTION keep_telehealth()
"""
ON_UPDATE = """
    CREATE TRIGGER keep_telehealth_update BEFORE UPDATE ON record FOR EACH ROW
    WHEN (NEW.telehealth <> OLD.telehealth OR NEW.modality <> OLD.modality) EXECUTE FUNCTION keep_telehealth()
"""


def upgrade() -> None:
    """Add the modality and where the client was; what was marked as telehealth so far becomes video, as it was claimed."""
    for statement in (COLUMNS, OF_BEFORE, KEEP_TELEHEALTH, ON_INSERT, ON_UPDATE):
        op.execute(statement)


def downgrade() -> None:
    """Keep whether it was by video or audio."""
    op.execute("DROP FUNCTION keep_telehealth CASCADE")
    op.execute("ALTER TABLE record DROP COLUMN modality, DROP COLUMN client_location")
