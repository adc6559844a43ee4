"""Everything that staff do with rooms beyond holding them."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0002"
down_revision = "0001"

TABLES = (
    "ALTER TABLE hold ADD COLUMN capacity integer, ADD COLUMN equipment text[] NOT NULL DEFAULT '{}'",
    """
    CREATE TABLE replan (
        id uuid PRIMARY KEY, room_id uuid NOT NULL REFERENCES room, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
        reason text NOT NULL, block boolean NOT NULL, created_at timestamptz NOT NULL, moves jsonb NOT NULL, unmoved jsonb NOT NULL,
        confirmed_at timestamptz)
    """,
    """
    CREATE TABLE special_day (
        site_id uuid REFERENCES site, day date, spans jsonb NOT NULL, reason text NOT NULL, closed tstzmultirange NOT NULL,
        created_at timestamptz NOT NULL, PRIMARY KEY (site_id, day))
    """,
    "CREATE INDEX special_day_closed ON special_day USING gist (closed)",
    "ALTER TABLE hold ADD COLUMN reasons text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX hold_session ON hold (session_id) WHERE status IN ('held', 'confirmed')",
)

UNDO = (
    "DROP TABLE replan",
    "ALTER TABLE hold DROP COLUMN capacity, DROP COLUMN equipment",
    "DROP TABLE special_day",
    "ALTER TABLE hold DROP COLUMN reasons",
    "DROP INDEX hold_session",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("replan", "special_day")
    for statement in UNDO:
        op.execute(statement)
