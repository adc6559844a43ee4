"""Good-faith estimates, as they were given to clients."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0005"
down_revision = "0004"

TABLES = (
    "CREATE SEQUENCE estimate_number",
    """
    CREATE TABLE estimate (
        id uuid PRIMARY KEY, number bigint NOT NULL, client_id uuid NOT NULL, issued_on date NOT NULL,
        total_amount numeric(12,2) NOT NULL, facts jsonb NOT NULL, created_at timestamptz NOT NULL, created_by text NOT NULL,
        CONSTRAINT estimate_number_once UNIQUE (number))
    """,
    "CREATE INDEX estimate_client ON estimate (client_id, id)",
)

UNDO = ("DROP TABLE estimate", "DROP SEQUENCE estimate_number")


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("estimate")
    for statement in UNDO:
        op.execute(statement)
