"""Moves of several sessions of a series, date by date, so that each can be followed and undone."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0017"
down_revision = "0016"

TABLE = """
    CREATE TABLE IF NOT EXISTS series_move (
        id uuid PRIMARY KEY, series_id uuid NOT NULL REFERENCES series, session_id uuid NOT NULL, scope text NOT NULL, dates jsonb NOT NULL,
        created_at timestamptz NOT NULL, undo_until timestamptz NOT NULL, undone_at timestamptz)
"""


def upgrade() -> None:
    """Create the table and its index."""
    op.execute(TABLE)
    build_indexes({"series_move_series": "series_move (series_id, id)"})


def downgrade() -> None:
    """Drop it; the sessions stay where they are."""
    op.execute("DROP TABLE series_move")
