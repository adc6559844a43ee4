"""Payers and their fees, what clients are covered by, discounts, quotes, and charges for missed sessions."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0002"
down_revision = "0001"

TABLES = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    CREATE TABLE payer (
        id uuid PRIMARY KEY, payer_name text NOT NULL, payer_code text NOT NULL, is_active boolean NOT NULL, version integer NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, CONSTRAINT payer_code_once UNIQUE (payer_code))
    """,
    """
    CREATE TABLE fee (
        id uuid PRIMARY KEY, payer_id uuid NOT NULL REFERENCES payer, service_code text NOT NULL, credential text,
        amount numeric(12,2) NOT NULL, effective_from date NOT NULL, effective_to date, created_at timestamptz NOT NULL,
        CONSTRAINT fee_is_money CHECK (amount >= 0), CONSTRAINT fee_lasts CHECK (effective_to IS NULL OR effective_from <= effective_to),
        CONSTRAINT one_fee_a_day EXCLUDE USING gist (
            payer_id WITH =, service_code WITH =, (coalesce(credential, '')) WITH =, daterange(effective_from, effective_to, '[]') WITH &&))
    """,
    "CREATE INDEX fee_code ON fee (payer_id, service_code)",
    """
    CREATE TABLE coverage (
        id uuid PRIMARY KEY, client_id uuid NOT NULL, payer_id uuid NOT NULL REFERENCES payer, member_id text NOT NULL,
        plan_name text NOT NULL, mode varchar(20) NOT NULL, copay numeric(12,2) NOT NULL, coinsurance_percent numeric(12,2) NOT NULL,
        deductible_remaining numeric(12,2) NOT NULL, out_of_pocket_remaining numeric(12,2), copay_after_deductible boolean NOT NULL,
        as_of date NOT NULL, authorization_number text, visits_authorized integer, effective_from date NOT NULL, effective_to date,
        version integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        CONSTRAINT coverage_lasts CHECK (effective_to IS NULL OR effective_from <= effective_to),
        CONSTRAINT one_coverage_a_day EXCLUDE USING gist (client_id WITH =, daterange(effective_from, effective_to, '[]') WITH &&))
    """,
    """
    CREATE TABLE discount (
        id uuid PRIMARY KEY, client_id uuid NOT NULL, percent numeric(12,2) NOT NULL, reason text NOT NULL, effective_from date NOT NULL,
        effective_to date, created_at timestamptz NOT NULL,
        CONSTRAINT discount_lasts CHECK (effective_to IS NULL OR effective_from <= effective_to),
        CONSTRAINT one_discount_a_day EXCLUDE USING gist (client_id WITH =, daterange(effective_from, effective_to, '[]') WITH &&))
    """,
    "CREATE TABLE site_replica (id uuid PRIMARY KEY, site_name text NOT NULL, time_zone text NOT NULL, version integer NOT NULL)",
    """
    CREATE TABLE quote (
        session_id uuid, client_id uuid, service_code text NOT NULL, service_date date NOT NULL, total_amount numeric(12,2) NOT NULL,
        contractual_adjustment numeric(12,2) NOT NULL, other_adjustment numeric(12,2) NOT NULL, patient_amount numeric(12,2) NOT NULL,
        insurance_amount numeric(12,2) NOT NULL, flags jsonb NOT NULL, is_void boolean NOT NULL, session_version integer NOT NULL,
        quoted_at timestamptz NOT NULL,
        PRIMARY KEY (session_id, client_id))
    """,
    """
    ALTER TABLE record ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'session', ADD COLUMN coverage_id uuid REFERENCES coverage,
        ADD COLUMN payer_id uuid REFERENCES payer
    """,
    "CREATE INDEX record_coverage ON record (coverage_id, service_date) WHERE coverage_id IS NOT NULL",
    "CREATE INDEX ledger_transaction_posted_at ON ledger_transaction (posted_at)",
)

UNDO = (
    "DROP INDEX ledger_transaction_posted_at",
    "ALTER TABLE record DROP COLUMN kind, DROP COLUMN coverage_id, DROP COLUMN payer_id",
    "DROP TABLE quote, site_replica, discount, coverage, fee, payer",
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("payer", "discount")
    for statement in UNDO:
        op.execute(statement)
