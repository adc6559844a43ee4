"""What payers add to whole payments or withhold from them is in the ledger; a parked remittance may be discarded."""

from alembic import op
from chassis.data.migrations import refuse_if

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    "ALTER TABLE remittance ADD COLUMN discarded_at timestamptz, ADD COLUMN discarded_by text, ADD COLUMN discard_reason text",
    "ALTER TABLE ledger_transaction ALTER COLUMN record_id DROP NOT NULL, ADD COLUMN remittance_id uuid REFERENCES remittance",
    "ALTER TABLE ledger_entry ALTER COLUMN record_id DROP NOT NULL",
    """
    INSERT INTO ledger_transaction (id, record_id, kind, posted_at, payer, method, reference, reason, remittance_id)
    SELECT gen_random_uuid(), NULL, 'provider_adjustment', posted_at, 'insurer', 'era', trace_number,
        concat_ws(' ', said ->> 'reason', said ->> 'reference', CAST(nullif(said ->> 'amount', '') AS numeric)), remittance.id
    FROM remittance, jsonb_array_elements(provider_adjustments) AS said
    WHERE status = 'posted' AND CAST(said ->> 'amount' AS numeric) <> 0
    """,
    """
    INSERT INTO ledger_entry (transaction_id, account, record_id, posted_at, amount)
    SELECT transaction.id, line.account, NULL, transaction.posted_at, line.amount
    FROM ledger_transaction transaction,
        LATERAL (SELECT CAST(substring(transaction.reason FROM '[^ ]+$') AS numeric) AS withheld) AS said,
        LATERAL (VALUES
            ('cash', -said.withheld),
            (CASE WHEN transaction.reason LIKE 'L6 %' THEN 'interest' ELSE 'payer_account' END, said.withheld)) AS line (account, amount)
    WHERE transaction.kind = 'provider_adjustment'
    """,
    """
    ALTER TABLE ledger_transaction ADD CONSTRAINT transaction_is_of_a_record_or_a_remittance
        CHECK ((record_id IS NULL) = (remittance_id IS NOT NULL))
    """,
    "CREATE INDEX ledger_transaction_remittance ON ledger_transaction (remittance_id) WHERE remittance_id IS NOT NULL",
)

OF_NO_RECORD = (
    "The ledger, which is append-only, has entries of whole payments, which belong to no record: the schema before has no place for them. "
    "Run the processes of the release before on this schema instead, or restore a backup from before the upgrade."
)


def upgrade() -> None:
    """Add what is new, and book what payers added or withheld in payments that are posted."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was new; refused while the ledger, which is append-only, has entries that the schema before cannot hold."""
    refuse_if("SELECT FROM ledger_transaction WHERE record_id IS NULL", OF_NO_RECORD)
    for table in ("ledger_entry", "ledger_transaction"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN record_id SET NOT NULL")
    op.execute("ALTER TABLE ledger_transaction DROP COLUMN remittance_id")
    op.execute("ALTER TABLE remittance DROP COLUMN discarded_at, DROP COLUMN discarded_by, DROP COLUMN discard_reason")
