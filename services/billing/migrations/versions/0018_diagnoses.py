"""Diagnoses of each record, and the list of diagnosis codes with the days on which they are valid."""

from alembic import op

revision = "0018"
down_revision = "0017"

# A record that was claimed keeps what its latest claim says; any other takes what the client has today.
FILL = """
    UPDATE record SET diagnoses = found.diagnoses
    FROM (
        SELECT record.id, coalesce(claimed.diagnoses, party.facts -> 'diagnoses') AS diagnoses
        FROM record
        LEFT JOIN (
            SELECT DISTINCT ON (record_id) record_id, facts -> 'client' -> 'diagnoses' AS diagnoses FROM claim ORDER BY record_id, id DESC
        ) AS claimed ON claimed.record_id = record.id
        LEFT JOIN party ON party.kind = 'client' AND party.id = record.client_id
    ) AS found
    WHERE found.id = record.id AND jsonb_typeof(found.diagnoses) = 'array' AND found.diagnoses <> '[]'
"""
STATEMENTS = (
    "ALTER TABLE record ADD COLUMN diagnoses jsonb NOT NULL DEFAULT '[]'",
    FILL,
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    r"""
    CREATE TABLE diagnosis_code (
        code text COLLATE "C" NOT NULL,
        valid_from date NOT NULL,
        valid_until date,
        description text NOT NULL,
        search text NOT NULL GENERATED ALWAYS AS (
            ' ' || lower(regexp_replace(
                normalize(code || ' ' || replace(code, '.', '') || ' ' || description, NFKD), '[\u0300-\u036F]', '', 'g'
            ))
        ) STORED,
        PRIMARY KEY (code, valid_from),
        CONSTRAINT diagnosis_code_lasts CHECK (valid_until >= valid_from)
    )
    """,
    "CREATE INDEX diagnosis_code_valid_from ON diagnosis_code (valid_from)",
    "CREATE INDEX diagnosis_code_search ON diagnosis_code USING gin (search gin_trgm_ops)",
)


def upgrade() -> None:
    """Add the column, fill it, and create the list."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop both; the extension may be used by others."""
    op.execute("DROP TABLE diagnosis_code")
    op.execute("ALTER TABLE record DROP COLUMN diagnoses")
