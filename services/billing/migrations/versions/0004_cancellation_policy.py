"""When a cancellation is late, as scheduling states it, and what a quote was made from."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the replica."""
    op.execute("CREATE TABLE policy_replica (id integer PRIMARY KEY, windows jsonb NOT NULL, stated_at timestamptz NOT NULL)")
    op.execute("ALTER TABLE quote ADD COLUMN insurance_applicable boolean NOT NULL DEFAULT false, ADD COLUMN therapist_credential text")
    op.execute("CREATE INDEX quote_code ON quote (service_code, service_date) WHERE NOT is_void")


def downgrade() -> None:
    """Drop it again."""
    op.execute("DROP INDEX quote_code")
    op.execute("ALTER TABLE quote DROP COLUMN insurance_applicable, DROP COLUMN therapist_credential")
    op.execute("DROP TABLE policy_replica")
