"""Who stands on claims and papers, claims, revisions of a record, and who changed what."""

from alembic import op
from chassis.data.migrations import refuse_if, refuse_while_rows

revision = "0003"
down_revision = "0002"

TABLES = (
    """
    CREATE TABLE party (
        kind varchar(20) NOT NULL, id uuid NOT NULL, facts jsonb NOT NULL, version integer NOT NULL, updated_at timestamptz NOT NULL,
        PRIMARY KEY (kind, id))
    """,
    """
    CREATE TABLE change (
        id uuid PRIMARY KEY, at timestamptz NOT NULL, by text NOT NULL, what varchar(20) NOT NULL, key uuid NOT NULL,
        action varchar(20) NOT NULL, before jsonb, after jsonb)
    """,
    "CREATE INDEX change_key ON change (key, id)",
    """
    ALTER TABLE payer ADD COLUMN claim_filing_code varchar(2) NOT NULL DEFAULT 'CI',
        ADD COLUMN telehealth_place_of_service varchar(2) NOT NULL DEFAULT '10', ADD COLUMN telehealth_modifier varchar(2) DEFAULT '95',
        ADD COLUMN address jsonb
    """,
    """
    ALTER TABLE coverage ADD COLUMN group_number text, ADD COLUMN relationship varchar(20) NOT NULL DEFAULT 'self',
        ADD COLUMN subscriber jsonb
    """,
    """
    ALTER TABLE record ADD COLUMN revision integer NOT NULL DEFAULT 1, ADD COLUMN replaces_id uuid REFERENCES record,
        ADD COLUMN telehealth boolean NOT NULL DEFAULT false, ADD COLUMN therapist_credential text,
        DROP CONSTRAINT one_record_per_completed_session
    """,
    "ALTER TABLE record ADD CONSTRAINT one_record_per_completed_session UNIQUE (session_id, client_id, revision)",
    "CREATE UNIQUE INDEX one_record_counts ON record (session_id, client_id) WHERE payment_status <> 'voided'",
    "CREATE SEQUENCE claim_control_number",
    """
    CREATE TABLE claim_batch (
        id uuid PRIMARY KEY, control_number bigint NOT NULL, x12 text NOT NULL, created_at timestamptz NOT NULL, created_by text NOT NULL,
        CONSTRAINT batch_control_number_once UNIQUE (control_number))
    """,
    """
    CREATE TABLE claim (
        id uuid PRIMARY KEY, batch_id uuid NOT NULL REFERENCES claim_batch, record_id uuid NOT NULL REFERENCES record,
        coverage_id uuid NOT NULL REFERENCES coverage, payer_id uuid NOT NULL REFERENCES payer, control_number varchar(20) NOT NULL,
        frequency varchar(1) NOT NULL, replaces_id uuid REFERENCES claim, payer_reference text, total_amount numeric(12,2) NOT NULL,
        status varchar(20) NOT NULL, facts jsonb NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        CONSTRAINT claim_control_number_once UNIQUE (control_number))
    """,
    "CREATE INDEX claim_record ON claim (record_id, id)",
    "CREATE INDEX claim_batch_of ON claim (batch_id, id)",
    "CREATE INDEX claim_status ON claim (status, id)",
    """
    CREATE TABLE claim_line (
        claim_id uuid REFERENCES claim, position integer, service_code text NOT NULL, modifiers text[] NOT NULL, units integer NOT NULL,
        amount numeric(12,2) NOT NULL, PRIMARY KEY (claim_id, position))
    """,
)

UNDO = (
    "DROP TABLE claim_line, claim, claim_batch, change, party",
    "DROP SEQUENCE claim_control_number",
    "DROP INDEX one_record_counts",
    """
    ALTER TABLE record DROP CONSTRAINT one_record_per_completed_session, DROP COLUMN revision, DROP COLUMN replaces_id,
        DROP COLUMN telehealth, DROP COLUMN therapist_credential
    """,
    "ALTER TABLE record ADD CONSTRAINT one_record_per_completed_session UNIQUE (session_id, client_id)",
    "ALTER TABLE coverage DROP COLUMN group_number, DROP COLUMN relationship, DROP COLUMN subscriber",
    """
    ALTER TABLE payer DROP COLUMN claim_filing_code, DROP COLUMN telehealth_place_of_service, DROP COLUMN telehealth_modifier,
        DROP COLUMN address
    """,
)

CORRECTED = (
    "The schema before allows one record for each client of a session, and some have been corrected by a further one. "
    "Run the processes of the release before on this schema instead, or restore a backup from before the upgrade."
)


def upgrade() -> None:
    """Create what is new."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new."""
    refuse_while_rows("claim_batch", "change", "party")
    refuse_if("SELECT FROM record GROUP BY session_id, client_id HAVING count(*) > 1", CORRECTED)
    for statement in UNDO:
        op.execute(statement)
