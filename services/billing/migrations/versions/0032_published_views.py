"""What the SQL of other capabilities reads of a table is a view of its owner, which names the columns one by one."""

from typing import Final

from alembic import op

revision = "0032"
down_revision = "0031"

VIEWS: Final = {
    "payer": "id, payer_name, payer_code",
    "site_replica": "id, site_name",
    "quote": "session_id, client_id, service_code, service_date, total_amount, patient_amount, insurance_amount, is_void",
    "record": """
        id, kind, session_id, client_id, therapist_id, site_id, service_code, service_date, session_version, coverage_id, payer_id,
        insurance_covered, total_amount, patient_amount, insurance_amount, copay_amount, deductible_amount, coinsurance_amount,
        payment_status, balance, unapplied_credit, created_at, updated_at
    """,
    "undone": "session_id, session_version, undone_at",
    "record_line": "record_id, service_code, amount",
    "ledger_transaction": "id, record_id, kind, posted_at, payer, method, reason, remittance_id, reverses_id, deposit_date",
    "ledger_entry": "transaction_id, account, record_id, posted_at, amount",
    "remittance": "id, status, amount, posted_at",
    "remittance_claim": "remittance_id, position, record_id, sequence, outcome, said, transaction_ids, assigned_as, reversed_by",
    "comparison": "id, started_at, completed_at, sessions, attended",
    "comparison_difference": "comparison_id, kind, session_id, client_id, record_id",
}


def upgrade() -> None:
    """Create them; nothing of the release before reads them."""
    for table, columns in VIEWS.items():
        op.execute(f"CREATE VIEW published_{table} AS SELECT {columns} FROM {table}")  # noqa: S608 (constants)


def downgrade() -> None:
    """Drop them."""
    for table in VIEWS:
        op.execute(f"DROP VIEW published_{table}")
