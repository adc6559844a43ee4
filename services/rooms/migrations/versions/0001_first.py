"""Sites, rooms, blocks, and holds behind the guard."""

import sqlalchemy as sa
from alembic import op
from chassis.data.migrations import refuse_while_rows
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

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

TAKING = sa.text("status IN ('held', 'confirmed')")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in CHASSIS:
        op.execute(statement)
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("site_name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("opening_hours", JSONB, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_versioned(),
    )
    op.create_table(
        "room",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("site_id", sa.Uuid, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("room_number", sa.Text, nullable=False),
        sa.Column("room_name", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("equipment", ARRAY(sa.Text), nullable=False),
        sa.Column("turnover_minutes", sa.Integer, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        *_versioned(),
        sa.UniqueConstraint("site_id", "room_number", name="room_number_once_in_a_site"),
    )
    op.create_table(
        "block",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("site_id", sa.Uuid, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("room_id", sa.Uuid, sa.ForeignKey("room.id"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="a_block_takes_time"),
        sa.Index("block_site_time", "site_id", "ends_at"),
        sa.Index("block_room_time", "room_id", "starts_at"),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid),
        sa.Column("site_id", sa.Uuid),
        sa.Column("room_id", sa.Uuid),
        sa.Column("starts_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("occupied_until", sa.DateTime(timezone=True)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.Column("alternatives", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('held', 'confirmed', 'refused', 'expired', 'released')", name="known_status"),
        sa.CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR num_nulls(session_id, site_id, room_id, starts_at, ends_at, occupied_until) = 0",
            name="what_is_taken_is_known",
        ),
        sa.CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR (starts_at < ends_at AND ends_at <= occupied_until)", name="a_stay_takes_time"
        ),
        sa.Index("hold_site_time", "site_id", "starts_at", postgresql_where=TAKING),
        sa.Index("hold_room_time", "room_id", "starts_at", postgresql_where=TAKING),
        sa.Index("hold_expiry", "expires_at", postgresql_where=sa.text("status = 'held'")),
        sa.Index("hold_refused", "site_id", "starts_at", postgresql_where=sa.text("status = 'refused'")),
        ExcludeConstraint(
            ("room_id", "="),
            (sa.text("tstzrange(starts_at, occupied_until)"), "&&"),
            ("session_id", "<>"),
            name="one_session_at_a_time",
            using="gist",
            where=TAKING,
        ),
    )


def downgrade() -> None:
    refuse_while_rows("hold", "site")
    for table in ("hold", "block", "room", "site"):
        op.drop_table(table)
    op.execute("DROP TABLE outbox, lease, inbox, idempotency")


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]
