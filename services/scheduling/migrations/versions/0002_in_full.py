"""Everything that staff do beyond a single booking."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0002"
down_revision = "0001"

TABLES = (
    "ALTER TABLE site_replica ADD COLUMN special_days jsonb NOT NULL DEFAULT '[]'",
    """
    ALTER TABLE room_replica ADD COLUMN room_name text NOT NULL DEFAULT '', ADD COLUMN capacity integer NOT NULL DEFAULT 1,
        ADD COLUMN equipment text[] NOT NULL DEFAULT '{}', ADD COLUMN is_active boolean NOT NULL DEFAULT true
    """,
    # the owners say everything again when a service starts; version 0 makes room for it
    "UPDATE room_replica SET version = 0",
    "UPDATE site_replica SET version = 0",
    "ALTER TABLE session ADD COLUMN pending_group_id uuid, ADD COLUMN obstacles text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX session_pending_hold ON session (pending_hold_id) WHERE pending_hold_id IS NOT NULL",
    "CREATE INDEX session_series ON session (series_id, starts_at) WHERE series_id IS NOT NULL",
    "ALTER TABLE therapist ADD COLUMN working_hours jsonb NOT NULL DEFAULT '{}', ADD COLUMN breaks jsonb NOT NULL DEFAULT '{}'",
    """
    CREATE TABLE time_off (
        id uuid PRIMARY KEY, therapist_id uuid NOT NULL REFERENCES therapist ON DELETE CASCADE, starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL, reason text NOT NULL, CONSTRAINT absence_lasts CHECK (starts_at < ends_at))
    """,
    "CREATE INDEX time_off_therapist ON time_off (therapist_id, starts_at)",
    """
    CREATE TABLE series (
        id uuid PRIMARY KEY, client_id uuid NOT NULL REFERENCES client, site_id uuid NOT NULL, rrule text NOT NULL, mode text NOT NULL,
        problems jsonb NOT NULL, created_at timestamptz NOT NULL)
    """,
    "CREATE INDEX series_client ON series (client_id, id)",
    """
    CREATE TABLE comparison (
        id uuid PRIMARY KEY, repair boolean NOT NULL, started_at timestamptz NOT NULL, holds_page integer NOT NULL,
        records_page integer NOT NULL, holds_compared_at timestamptz, records_compared_at timestamptz)
    """,
    """
    CREATE TABLE difference (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, comparison_id uuid NOT NULL REFERENCES comparison ON DELETE CASCADE,
        kind text NOT NULL, session_id uuid NOT NULL, hold_id uuid, client_id uuid, record_id uuid, repair text)
    """,
    "CREATE INDEX difference_comparison ON difference (comparison_id, id)",
    "CREATE TABLE inquiry (id uuid PRIMARY KEY, asked_at timestamptz NOT NULL, findings jsonb)",
    "CREATE INDEX inquiry_asked_at ON inquiry (asked_at)",
)

UNDO = (
    "DROP TABLE time_off",
    "ALTER TABLE therapist DROP COLUMN working_hours, DROP COLUMN breaks",
    "DROP TABLE series",
    "DROP INDEX session_series",
    "DROP INDEX session_pending_hold",
    "ALTER TABLE session DROP COLUMN pending_group_id, DROP COLUMN obstacles",
    "DROP TABLE inquiry",
    "DROP TABLE difference, comparison",
    "ALTER TABLE room_replica DROP COLUMN room_name, DROP COLUMN capacity, DROP COLUMN equipment, DROP COLUMN is_active",
    "ALTER TABLE site_replica DROP COLUMN special_days",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("series", "time_off")
    for statement in UNDO:
        op.execute(statement)
