"""Room order, the equipment vocabulary, holds outside the hours, and what utilization counts."""

from alembic import op
from chassis.data.migrations import refuse_if

revision = "0003"
down_revision = "0002"

TABLES = (
    "ALTER TABLE room ADD COLUMN position integer NOT NULL DEFAULT 0",
    "CREATE TABLE equipment (name text PRIMARY KEY, label text NOT NULL)",
    """
    INSERT INTO equipment (name, label)
    SELECT name, upper(left(spoken, 1)) || substr(spoken, 2)
    FROM (
        SELECT DISTINCT name, replace(name, '_', ' ') AS spoken
        FROM (SELECT unnest(equipment) AS name FROM room UNION VALUES ('video'), ('whiteboard'), ('telephone')) AS used
    ) AS words
    """,
    "ALTER TABLE hold ADD COLUMN outside_hours boolean NOT NULL DEFAULT false",
    """
    UPDATE hold SET outside_hours = true FROM special_day
    WHERE special_day.site_id = hold.site_id AND special_day.closed && tstzrange(hold.starts_at, hold.ends_at)
        AND hold.status IN ('held', 'confirmed')
    """,
    "DROP INDEX special_day_closed",
    "ALTER TABLE special_day DROP COLUMN closed",
    "CREATE INDEX hold_missed ON hold (site_id, starts_at) WHERE status = 'released' AND reason = 'no_show'",
    "ALTER TABLE replan ALTER COLUMN ends_at DROP NOT NULL, ADD COLUMN deactivate boolean NOT NULL DEFAULT false",
)

UNDO = (
    "UPDATE replan SET ends_at = 'infinity' WHERE ends_at IS NULL",
    "ALTER TABLE replan ALTER COLUMN ends_at SET NOT NULL, DROP COLUMN deactivate",
    "DROP INDEX hold_missed",
    "ALTER TABLE special_day ADD COLUMN closed tstzmultirange NOT NULL",
    "CREATE INDEX special_day_closed ON special_day USING gist (closed)",
    "ALTER TABLE hold DROP COLUMN outside_hours",
    "DROP TABLE equipment",
    "ALTER TABLE room DROP COLUMN position",
)

CLOSED = (
    "The schema before has a column for the hours at which a special day closes its site; the service computed it, and nothing here can. "
    "Run the processes of the release before on this schema instead, or withdraw the special days and enter them again afterwards."
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_if("SELECT FROM special_day", CLOSED)
    for statement in UNDO:
        op.execute(statement)
