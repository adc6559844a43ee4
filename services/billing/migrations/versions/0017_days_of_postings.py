"""Who posted something to the ledger, when the money was received and when it is deposited."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add them; of postings so far nobody is known, and both days are that of the posting, which is what NULL means."""
    op.execute(
        """
        ALTER TABLE ledger_transaction ADD COLUMN posted_by text, ADD COLUMN received_date date, ADD COLUMN deposit_date date,
            ADD CONSTRAINT deposit_is_not_before_receipt CHECK (deposit_date >= received_date)
        """
    )
    op.execute("CREATE INDEX ledger_transaction_deposit ON ledger_transaction (deposit_date) WHERE deposit_date IS NOT NULL")


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE ledger_transaction DROP COLUMN posted_by, DROP COLUMN received_date, DROP COLUMN deposit_date")
