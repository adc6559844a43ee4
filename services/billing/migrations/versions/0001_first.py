"""Records, their lines, the append-only ledger, and the replica of the catalog."""

import sqlalchemy as sa
from alembic import op
from chassis.data.migrations import refuse_while_rows
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(12, 2)
WORD = sa.String(20)
LEDGER = ("ledger_transaction", "ledger_entry")

CHASSIS = (
    """
    CREATE TABLE idempotency (
        scope text NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, answer jsonb, remembered_at timestamptz DEFAULT now() NOT NULL,
        PRIMARY KEY (scope, key))
    """,
    "CREATE INDEX idempotency_remembered_at ON idempotency (remembered_at)",
    "CREATE TABLE inbox (event_id uuid NOT NULL, received_at timestamptz DEFAULT now() NOT NULL, PRIMARY KEY (event_id))",
    "CREATE INDEX inbox_received_at ON inbox (received_at)",
    "CREATE TABLE lease (name text NOT NULL, holder text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (name))",
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, type text NOT NULL, exchange text NOT NULL, subject text,
        correlation_id text, causation_id text, sequence integer, traceparent text, written_at timestamptz NOT NULL, body bytea NOT NULL,
        parked_until timestamptz, parked_reason text, parked_times integer DEFAULT 0 NOT NULL, PRIMARY KEY (id))
    """,
    "CREATE INDEX outbox_aside ON outbox (exchange, parked_until) WHERE parked_until IS NOT NULL",
    "CREATE INDEX outbox_ready ON outbox (exchange, id) WHERE parked_until IS NULL",
)
"""The tables of the chassis: remembered answers, inbox, leases and outbox."""

REFUSE_CHANGES = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: correct % by a reversal, not by %', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
"""
REFUSE_IMBALANCE = """
    CREATE FUNCTION refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT sum(amount) FROM ledger_entry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
            RAISE EXCEPTION 'the entries of ledger transaction % do not sum to zero', NEW.transaction_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_sum_to_zero';
        END IF;
        RETURN NULL;
    END $$
"""
SUM_TO_ZERO = """
    CREATE CONSTRAINT TRIGGER transactions_sum_to_zero AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_imbalance()
"""


def money(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, MONEY, nullable=False) for name in names]


def ids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid, nullable=False) for name in names]


def upgrade() -> None:
    for statement in CHASSIS:
        op.execute(statement)
    op.create_table(
        "service_replica",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_code", sa.Text, nullable=False),
        sa.Column("billing_category", sa.Text, nullable=False),
        sa.Column("said", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("service_replica_code", "service_replica", ["service_code"])
    op.create_index("service_replica_category", "service_replica", ["billing_category"])
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid, primary_key=True),
        *ids("session_id", "client_id", "therapist_id", "site_id", "service_id"),
        sa.Column("service_code", sa.Text, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        *money("rate_per_unit", "total_amount", "allowed_amount", "contractual_adjustment", "other_adjustment"),
        sa.Column("insurance_applicable", sa.Boolean, nullable=False),
        sa.Column("insurance_covered", sa.Boolean, nullable=False),
        *money("insurance_amount", "copay_amount", "deductible_amount", "coinsurance_amount", "patient_amount"),
        sa.Column("service_date", sa.Date, nullable=False),
        sa.Column("billing_date", sa.Date, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("payment_status", WORD, nullable=False),
        *money("balance", "unapplied_credit"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("session_id", "client_id", name="one_record_per_completed_session"),
        sa.CheckConstraint(
            "total_amount = contractual_adjustment + other_adjustment + patient_amount + insurance_amount", name="record_adds_up"
        ),
        sa.CheckConstraint(
            "least(contractual_adjustment, other_adjustment, patient_amount, insurance_amount, balance, unapplied_credit) >= 0",
            name="nobody_owes_less_than_nothing",
        ),
    )
    op.create_index("record_service_date", "record", ["service_date", "id"])
    op.create_index("record_client", "record", ["client_id", "service_date"])
    op.create_index("record_payment_status", "record", ["payment_status", "service_date", "id"])
    op.create_table(
        "record_line",
        sa.Column("record_id", sa.Uuid, sa.ForeignKey("record.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("service_code", sa.Text, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        *money("rate_per_unit", "amount", "allowed_amount", "contractual_adjustment", "other_adjustment"),
        *money("deductible_amount", "copay_amount", "coinsurance_amount", "patient_amount", "insurance_amount"),
        sa.Column("claimable", sa.Boolean, nullable=False),
        sa.CheckConstraint("amount = contractual_adjustment + other_adjustment + patient_amount + insurance_amount", name="line_adds_up"),
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("record_id", sa.Uuid, sa.ForeignKey("record.id"), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.Column("payer", WORD),
        sa.Column("method", WORD),
        sa.Column("reference", sa.Text),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ledger_transaction_record", "ledger_transaction", ["record_id", "id"])
    op.create_table(
        "ledger_entry",
        sa.Column("transaction_id", sa.Uuid, sa.ForeignKey("ledger_transaction.id"), primary_key=True),
        sa.Column("account", WORD, primary_key=True),
        sa.Column("amount", MONEY, nullable=False),
        sa.CheckConstraint("amount <> 0", name="entry_moves_money"),
    )
    op.execute(REFUSE_CHANGES)
    for table in LEDGER:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(REFUSE_IMBALANCE)
    op.execute(SUM_TO_ZERO)


def downgrade() -> None:
    refuse_while_rows("record")
    for table in reversed(("service_replica", "record", "record_line", *LEDGER)):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_imbalance")
    op.execute("DROP FUNCTION refuse_change")
    op.execute("DROP TABLE outbox, lease, inbox, idempotency")
