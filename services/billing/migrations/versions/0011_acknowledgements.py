"""Acknowledgements of claims: 999 and 277CA files as they came, and what each says of a claim."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    "ALTER TABLE claim ADD COLUMN status_before varchar(20)",
    """
    CREATE TABLE claim_acknowledgement (
        id uuid PRIMARY KEY, kind varchar(20) NOT NULL, digest varchar(64) NOT NULL, x12 text NOT NULL,
        received_at timestamptz NOT NULL, received_by text NOT NULL,
        CONSTRAINT acknowledgement_content_once UNIQUE (digest))
    """,
    """
    CREATE TABLE claim_acknowledged (
        acknowledgement_id uuid REFERENCES claim_acknowledgement, position integer, claim_id uuid REFERENCES claim, named text NOT NULL,
        outcome varchar(20) NOT NULL, reasons jsonb NOT NULL, PRIMARY KEY (acknowledgement_id, position))
    """,
    "CREATE INDEX claim_acknowledged_claim ON claim_acknowledged (claim_id, acknowledgement_id)",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("claim_acknowledgement")
    op.execute("DROP TABLE claim_acknowledged, claim_acknowledgement")
    op.execute("ALTER TABLE claim DROP COLUMN status_before")
