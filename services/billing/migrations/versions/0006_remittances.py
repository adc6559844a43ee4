"""Remittances: what insurers say they paid, as it came, and what it did to each claim."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0006"
down_revision = "0005"

TABLES = (
    """
    CREATE TABLE remittance (
        id uuid PRIMARY KEY, status varchar(20) NOT NULL, digest varchar(64) NOT NULL, payer_identifier text, trace_number text,
        payer_name text, amount numeric(12,2), method text, payment_date date, provider_adjustments jsonb NOT NULL,
        problems jsonb NOT NULL, x12 text NOT NULL, received_at timestamptz NOT NULL, received_by text NOT NULL,
        posted_at timestamptz, posted_by text,
        CONSTRAINT remittance_content_once UNIQUE (digest))
    """,
    "CREATE UNIQUE INDEX payment_posted_once ON remittance (payer_identifier, trace_number) WHERE status = 'posted'",
    "CREATE INDEX remittance_status ON remittance (status, id)",
    """
    CREATE TABLE remittance_claim (
        remittance_id uuid REFERENCES remittance, position integer, control_number text NOT NULL, claim_id uuid REFERENCES claim,
        record_id uuid REFERENCES record, outcome varchar(20) NOT NULL, said jsonb NOT NULL, transaction_ids uuid[] NOT NULL,
        reversed_by uuid REFERENCES remittance, PRIMARY KEY (remittance_id, position))
    """,
    "CREATE INDEX remittance_claim_record ON remittance_claim (record_id, remittance_id)",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("remittance")
    op.execute("DROP TABLE remittance_claim, remittance")
