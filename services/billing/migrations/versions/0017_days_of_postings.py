"""Who posted something to the ledger, when the money was received and when it is deposited."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add them, repeatably; of postings so far nobody is known, and both days are that of the posting, which is what NULL means."""
    op.execute("ALTER TABLE ledger_transaction DROP CONSTRAINT IF EXISTS deposit_is_not_before_receipt")
    op.execute(
        """
        ALTER TABLE ledger_transaction ADD COLUMN IF NOT EXISTS posted_by text, ADD COLUMN IF NOT EXISTS received_date date,
            ADD COLUMN IF NOT EXISTS deposit_date date,
            ADD CONSTRAINT deposit_is_not_before_receipt CHECK (deposit_date >= received_date)
        """
    )
    build_indexes({"ledger_transaction_deposit": "ledger_transaction (deposit_date) WHERE deposit_date IS NOT NULL"})


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE ledger_transaction DROP COLUMN posted_by, DROP COLUMN received_date, DROP COLUMN deposit_date")
