"""Entries without a record agree with their transaction too: the foreign key looks only at those that have one."""

from alembic import op

revision = "0020"
down_revision = "0019"

REFUSE_OTHER_TRANSACTION = """
    CREATE FUNCTION refuse_other_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM ledger_transaction
            WHERE id = NEW.transaction_id AND record_id IS NULL AND posted_at = NEW.posted_at
        ) THEN
            RAISE EXCEPTION 'an entry without a record says what its transaction says: % is of a record or of another moment',
                NEW.transaction_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_says_what_its_transaction_says';
        END IF;
        RETURN NULL;
    END $$
"""
ENTRY_WITHOUT_RECORD = """
    CREATE CONSTRAINT TRIGGER entry_without_record_says_what_its_transaction_says AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.record_id IS NULL) EXECUTE FUNCTION refuse_other_transaction()
"""


def upgrade() -> None:
    """Create the trigger."""
    op.execute(REFUSE_OTHER_TRANSACTION)
    op.execute(ENTRY_WITHOUT_RECORD)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TRIGGER entry_without_record_says_what_its_transaction_says ON ledger_entry")
    op.execute("DROP FUNCTION refuse_other_transaction()")
