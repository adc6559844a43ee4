"""A session that is booked in place of a date of a series names that date, which one session has at a time."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0021"
down_revision = "0020"

COLUMNS = """
    ALTER TABLE session
        ADD COLUMN IF NOT EXISTS in_place_of_series_id uuid, ADD COLUMN IF NOT EXISTS in_place_of_occurrence timestamptz
"""
ONE_AT_A_TIME = {
    "session_in_place_of": """session (in_place_of_series_id, in_place_of_occurrence)
    WHERE in_place_of_series_id IS NOT NULL AND (status NOT IN ('cancelled', 'rejected') OR pending_hold_id IS NOT NULL)"""
}


def upgrade() -> None:
    """Add the columns and the index, while others write; sessions of before are in place of nothing."""
    op.execute(COLUMNS)
    build_indexes(ONE_AT_A_TIME, unique=True)


def downgrade() -> None:
    """Drop them; the sessions stay, without the dates in whose place they are."""
    op.execute("ALTER TABLE session DROP COLUMN in_place_of_series_id, DROP COLUMN in_place_of_occurrence")
