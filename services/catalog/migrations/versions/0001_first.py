"""Services and their rates."""

import sqlalchemy as sa
from alembic import op
from chassis.data.migrations import refuse_while_rows
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

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

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(20)
CODES = sa.ARRAY(sa.Text)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in CHASSIS:
        op.execute(statement)
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_code", sa.Text, nullable=False),
        sa.Column("service_name", sa.Text, nullable=False),
        sa.Column("service_type", WORD, nullable=False),
        sa.Column("standard_duration", sa.Integer, nullable=False),
        sa.Column("announced_rate", sa.Numeric(12, 2), nullable=False),
        sa.Column("billing_category", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("components", CODES, nullable=False),
        sa.Column("min_minutes", sa.Integer),
        sa.Column("max_minutes", sa.Integer),
        sa.Column("claimable", WORD, nullable=False),
        sa.Column("requires_primary", CODES, nullable=False),
        sa.Column("excludes_same_day", CODES, nullable=False),
        sa.Column("max_units_per_day", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("service_code", name="service_code_once"),
        sa.CheckConstraint("standard_duration > 0 OR (standard_duration = 0 AND kind IN ('fee', 'add_on'))", name="takes_time"),
        sa.CheckConstraint("(kind = 'composite') = (cardinality(components) >= 2)", name="composites_have_components"),
    )
    op.create_table(
        "rate",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("service_id", sa.Uuid, sa.ForeignKey("service.id"), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        ExcludeConstraint(
            ("service_id", "="),
            (sa.text("daterange(effective_from, effective_to, '[]')"), "&&"),
            name="one_rate_at_a_time",
            using="gist",
        ),
        sa.CheckConstraint("amount >= 0", name="no_negative_rate"),
    )


def downgrade() -> None:
    refuse_while_rows("service")
    op.drop_table("rate")
    op.drop_table("service")
    op.execute("DROP TABLE outbox, lease, inbox, idempotency")
