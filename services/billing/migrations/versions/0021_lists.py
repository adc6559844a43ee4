"""Every list finds its rows by an index, and a record states whether it is claimed."""

from alembic import op
from chassis.data.migrations import build_indexes

revision = "0021"
down_revision = "0020"

INDEXES = {
    "record_site_status": "record (site_id, payment_status, service_date, id)",
    "record_open": "record (service_date, id) WHERE balance > 0",
    "record_site_open": "record (site_id, service_date, id) WHERE balance > 0",
    "record_settled": "record (service_date, id) WHERE balance = 0",
    "record_unclaimed": """
        record (service_date, id) INCLUDE (total_amount)
        WHERE NOT is_claimed AND insurance_covered AND kind = 'session' AND payment_status IN ('pending', 'submitted', 'partially_paid')
    """,
    "claim_payer": "claim (payer_id, id)",
    "claim_payer_status": "claim (payer_id, status, id)",
    "claim_total_amount": "claim (total_amount, id)",
    "change_what": "change (what, id)",
    "remittance_trace": "remittance (trace_number, id)",
}
NEW = (
    "record_site_status",
    "record_open",
    "record_site_open",
    "record_settled",
    "record_unclaimed",
    "claim_payer",
    "claim_payer_status",
    "change_what",
    "remittance_trace",
)
IS_CLAIMED = """
    SELECT claim.frequency <> '8' FROM claim
    WHERE claim.record_id = {record} AND claim.status <> 'rejected' ORDER BY claim.id DESC LIMIT 1
"""
"""Whether a record's latest claim that was not rejected asks for money; a void (frequency 8) does not."""
CLAIMED = f"UPDATE record SET is_claimed = true WHERE id IN (SELECT record_id FROM claim) AND ({IS_CLAIMED.format(record='record.id')})"  # noqa: S608
FUNCTION = f"""
    CREATE OR REPLACE FUNCTION keep_is_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE record SET is_claimed = NOT is_claimed
        WHERE id = NEW.record_id AND is_claimed <> COALESCE(({IS_CLAIMED.format(record="NEW.record_id")}), false);
        RETURN NULL;
    END
    $$
"""  # noqa: S608
TRIGGER = "CREATE TRIGGER keep_is_claimed AFTER INSERT OR UPDATE OF status ON claim FOR EACH ROW EXECUTE FUNCTION keep_is_claimed()"


def upgrade() -> None:
    """Create the column and what keeps it, repeatably, and the indexes while others write."""
    op.execute("ALTER TABLE record ADD COLUMN IF NOT EXISTS is_claimed boolean NOT NULL DEFAULT false")
    op.execute(CLAIMED)
    op.execute(FUNCTION)
    op.execute("DROP TRIGGER IF EXISTS keep_is_claimed ON claim")
    op.execute(TRIGGER)
    op.execute("DROP INDEX IF EXISTS record_claimable")
    build_indexes(INDEXES)


def downgrade() -> None:
    """Drop them, and create the former ones."""
    op.execute(f"DROP INDEX claim_total_amount, {', '.join(NEW)}")
    op.execute("DROP TRIGGER keep_is_claimed ON claim")
    op.execute("DROP FUNCTION keep_is_claimed")
    op.execute("ALTER TABLE record DROP COLUMN is_claimed")
    op.execute("CREATE INDEX claim_total_amount ON claim (total_amount, id) WHERE status = 'submitted'")
    op.execute(
        """
        CREATE INDEX record_claimable ON record (service_date, id) INCLUDE (total_amount)
            WHERE insurance_covered AND kind = 'session' AND payment_status IN ('pending', 'submitted', 'partially_paid')
        """
    )
