"""Of which version of a session a record was made, and the last undo of each session."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column and the table."""
    op.execute("ALTER TABLE record ADD COLUMN session_version integer")
    op.execute("CREATE TABLE undone (session_id uuid PRIMARY KEY, session_version integer NOT NULL, undone_at timestamptz NOT NULL)")


def downgrade() -> None:
    """Drop them again."""
    refuse_while_rows("undone")
    op.execute("DROP TABLE undone")
    op.execute("ALTER TABLE record DROP COLUMN session_version")
