"""Which posting takes back which."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add it; no posting so far takes back another by hand."""
    op.execute("ALTER TABLE ledger_transaction ADD COLUMN reverses_id uuid REFERENCES ledger_transaction (id)")
    op.execute("CREATE UNIQUE INDEX ledger_transaction_reverses ON ledger_transaction (reverses_id) WHERE reverses_id IS NOT NULL")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE ledger_transaction DROP COLUMN reverses_id")
