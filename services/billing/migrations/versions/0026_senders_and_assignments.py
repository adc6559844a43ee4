"""Which payer a remittance is from, by its file's ids; and where the money of a claim that was left out was assigned."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0026"
down_revision = "0025"

INDEXES = {
    "remittance_claim_assigned": "remittance_claim (assigned_as) WHERE assigned_as IS NOT NULL",
    "remittance_claim_unassigned": "remittance_claim (remittance_id) WHERE outcome = 'left_out'",
}


def upgrade() -> None:
    """Add both, repeatably, and build their indexes while others write; of the remittances so far only the payer's name is kept."""
    op.execute("ALTER TABLE remittance ADD COLUMN IF NOT EXISTS payer_ids text[] NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE remittance_claim ADD COLUMN IF NOT EXISTS assigned_as uuid REFERENCES ledger_transaction (id)")
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop both."""
    op.execute("ALTER TABLE remittance_claim DROP COLUMN assigned_as")
    op.execute("DROP INDEX remittance_claim_unassigned")
    op.execute("ALTER TABLE remittance DROP COLUMN payer_ids")
