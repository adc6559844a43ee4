"""The clinic's own rules and who overrode them, group sessions, and the waitlist."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0003"
down_revision = "0002"

TABLES = (
    """
    ALTER TABLE session ADD COLUMN other_client_ids uuid[] NOT NULL DEFAULT '{}', ADD COLUMN attended uuid[] NOT NULL DEFAULT '{}',
        ADD COLUMN pending_client_ids uuid[] NOT NULL DEFAULT '{}', ADD COLUMN offer_until timestamptz, ADD COLUMN entry_id uuid,
        ADD COLUMN pending_is_chosen boolean NOT NULL DEFAULT true, ADD COLUMN therapist_credential text
    """,
    "CREATE INDEX session_other_clients ON session USING gin (other_client_ids) WHERE other_client_ids <> '{}'",
    "CREATE INDEX session_entry ON session (entry_id, starts_at) WHERE entry_id IS NOT NULL",
    "CREATE INDEX session_offer_until ON session (offer_until) WHERE offer_until IS NOT NULL",
    "CREATE TABLE policy (scope text PRIMARY KEY, rules jsonb NOT NULL, version integer NOT NULL, updated_at timestamptz NOT NULL)",
    """
    CREATE TABLE travel_time (
        one_site_id uuid, other_site_id uuid, minutes integer NOT NULL, PRIMARY KEY (one_site_id, other_site_id),
        CONSTRAINT travel_is_written_once CHECK (one_site_id < other_site_id))
    """,
    """
    CREATE TABLE override (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, session_id uuid NOT NULL, at timestamptz NOT NULL, reason text NOT NULL,
        by text, rules jsonb NOT NULL)
    """,
    "CREATE INDEX override_at ON override (at)",
    "CREATE INDEX override_session ON override (session_id, id)",
    """
    CREATE TABLE waitlist_entry (
        id uuid PRIMARY KEY, client_id uuid NOT NULL REFERENCES client, service_id uuid NOT NULL, site_id uuid NOT NULL,
        therapist_id uuid REFERENCES therapist, earliest timestamptz NOT NULL, latest timestamptz NOT NULL, hours jsonb, capacity integer,
        equipment text[] NOT NULL, insurance_applicable boolean NOT NULL, created_at timestamptz NOT NULL, session_id uuid,
        withdrawn_at timestamptz, CONSTRAINT wait_lasts CHECK (earliest < latest))
    """,
    "CREATE INDEX waitlist_waiting ON waitlist_entry (site_id, id) WHERE withdrawn_at IS NULL",
    "CREATE INDEX waitlist_client ON waitlist_entry (client_id, id)",
    """
    CREATE TABLE waitlist_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry_id uuid NOT NULL REFERENCES waitlist_entry, at timestamptz NOT NULL,
        event text NOT NULL, detail text NOT NULL, session_id uuid)
    """,
    "CREATE INDEX waitlist_log_entry ON waitlist_log (entry_id, id)",
)

UNDO = (
    "DROP TABLE waitlist_log",
    "DROP TABLE waitlist_entry",
    "DROP TABLE override",
    "DROP TABLE travel_time",
    "DROP TABLE policy",
    "DROP INDEX session_offer_until, session_entry, session_other_clients",
    """
    ALTER TABLE session DROP COLUMN other_client_ids, DROP COLUMN attended, DROP COLUMN pending_client_ids, DROP COLUMN offer_until,
        DROP COLUMN entry_id, DROP COLUMN pending_is_chosen, DROP COLUMN therapist_credential
    """,
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("policy", "travel_time", "override", "waitlist_entry")
    for statement in UNDO:
        op.execute(statement)
