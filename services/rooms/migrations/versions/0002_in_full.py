"""Everything that staff do with rooms beyond holding them."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    "ALTER TABLE hold ADD COLUMN reasons text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX hold_session ON hold (session_id) WHERE status IN ('held', 'confirmed')",
)

UNDO = (
    "ALTER TABLE hold DROP COLUMN reasons",
    "DROP INDEX hold_session",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    for statement in UNDO:
        op.execute(statement)
