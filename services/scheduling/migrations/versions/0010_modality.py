"""How therapist and client of a session meet, beside whether they met by video or telephone.

Processes of the release before know only ``telehealth``. Triggers keep both in agreement until the next release drops it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

COLUMNS = """
    ALTER TABLE session
        ADD COLUMN modality text NOT NULL DEFAULT 'in_person', ADD COLUMN booked_modality text, ADD COLUMN client_location text,
        ADD CONSTRAINT session_modality_check CHECK (modality IN ('in_person', 'video', 'audio')) NOT VALID,
        ADD CONSTRAINT session_booked_modality_check CHECK (booked_modality IN ('in_person', 'video', 'audio')) NOT VALID,
        ADD CONSTRAINT session_client_location_check CHECK (client_location IN ('home', 'other')) NOT VALID
"""
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
            NEW.booked_modality := OLD.modality;
            NEW.modality := CASE WHEN NEW.telehealth THEN 'video' ELSE 'in_person' END;
        END IF;
        RETURN NEW;
    END $$
"""
ON_INSERT = """
    CREATE TRIGGER keep_telehealth_insert BEFORE INSERT ON session FOR EACH ROW
    WHEN (NEW.telehealth OR NEW.modality <> 'in_person') EXECUTE FUNCTION keep_telehealth()
"""
ON_UPDATE = """
    CREATE TRIGGER keep_telehealth_update BEFORE UPDATE ON session FOR EACH ROW
    WHEN (NEW.telehealth <> OLD.telehealth OR NEW.modality <> OLD.modality) EXECUTE FUNCTION keep_telehealth()
"""


def upgrade() -> None:
    """Add the modality and where the client was, without a look at the rows that are there."""
    for statement in (COLUMNS, KEEP_TELEHEALTH, ON_INSERT, ON_UPDATE):
        op.execute(statement)


def downgrade() -> None:
    """Keep whether it was by video or audio."""
    op.execute("DROP FUNCTION keep_telehealth CASCADE")
    op.execute("ALTER TABLE session DROP COLUMN modality, DROP COLUMN booked_modality, DROP COLUMN client_location")
