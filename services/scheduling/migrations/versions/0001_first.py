"""Sessions, people, replicas, and the guard that nobody is in two sessions."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0001"
down_revision = None

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

TABLES = (
    """
    CREATE TABLE therapist (
        id uuid PRIMARY KEY, full_name text NOT NULL, npi text, credential text, time_zone text NOT NULL,
        site_ids uuid[] NOT NULL, is_active boolean NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, version integer NOT NULL)
    """,
    """
    CREATE TABLE client (
        id uuid PRIMARY KEY, full_name text NOT NULL, email text, phone text, time_zone text NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, version integer NOT NULL)
    """,
    """
    CREATE TABLE service_replica (
        id uuid PRIMARY KEY, service_code text NOT NULL, service_name text NOT NULL, standard_duration integer NOT NULL,
        kind text NOT NULL, is_active boolean NOT NULL, rates jsonb NOT NULL, version integer NOT NULL)
    """,
    """
    CREATE TABLE site_replica (
        id uuid PRIMARY KEY, site_name text NOT NULL, time_zone text NOT NULL, opening_hours jsonb NOT NULL,
        is_active boolean NOT NULL, version integer NOT NULL)
    """,
    """
    CREATE TABLE room_replica (
        id uuid PRIMARY KEY, site_id uuid NOT NULL, room_number text NOT NULL, version integer NOT NULL)
    """,
    """
    CREATE TABLE session (
        id uuid PRIMARY KEY, client_id uuid NOT NULL REFERENCES client, therapist_id uuid NOT NULL REFERENCES therapist,
        service_id uuid NOT NULL, service_code text NOT NULL, service_name text NOT NULL, site_id uuid NOT NULL,
        starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, calculated_rate numeric(12, 2) NOT NULL,
        insurance_applicable boolean NOT NULL, billing_notes text, series_id uuid, capacity integer, equipment text[] NOT NULL,
        status text NOT NULL, room_id uuid, room_number text, only_room_id uuid, hold_id uuid, confirmed boolean NOT NULL,
        pending_hold_id uuid, pending_starts_at timestamptz, pending_ends_at timestamptz, pending_room_id uuid,
        pending_not_after timestamptz, pending_rate numeric(12, 2), alternatives jsonb NOT NULL,
        rejection_reason text, cancellation_reason text,
        asks integer NOT NULL, ask_again_at timestamptz, actual_start timestamptz, actual_end timestamptz,
        version integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        CONSTRAINT session_lasts CHECK (starts_at < ends_at))
    """,
    "CREATE INDEX session_starts_at ON session (starts_at, id)",
    "CREATE INDEX session_therapist ON session (therapist_id, starts_at)",
    "CREATE INDEX session_client ON session (client_id, starts_at)",
    "CREATE INDEX session_ask_again ON session (ask_again_at) WHERE ask_again_at IS NOT NULL",
    "CREATE INDEX session_pending_until ON session (pending_not_after) WHERE pending_not_after IS NOT NULL",
    """
    CREATE TABLE taken (
        person_id uuid, starts_at timestamptz, ends_at timestamptz, session_id uuid,
        PRIMARY KEY (person_id, starts_at, ends_at, session_id),
        CONSTRAINT nobody_is_in_two_sessions EXCLUDE USING gist (
            person_id WITH =, tstzrange(starts_at, ends_at) WITH &&, session_id WITH <>))
    """,
    """
    CREATE TABLE timeline (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, session_id uuid NOT NULL, at timestamptz NOT NULL,
        event text NOT NULL, detail text NOT NULL, message_id uuid)
    """,
    "CREATE INDEX timeline_session ON timeline (session_id, id)",
)


def upgrade() -> None:
    """Create everything."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for statement in (*CHASSIS, *TABLES):
        op.execute(statement)


def downgrade() -> None:
    """Drop everything."""
    refuse_while_rows("session", "client", "therapist")
    for table in ("timeline", "taken", "session", "room_replica", "site_replica", "service_replica", "client", "therapist"):
        op.drop_table(table)
    op.execute("DROP TABLE outbox, lease, inbox, idempotency")
