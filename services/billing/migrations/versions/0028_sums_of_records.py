"""Records by payment status, and what is owed on all of them, are counted with each change; a revision of its own, for its lock's sake."""

from alembic import op

revision = "0028"
down_revision = "0027"

COUNT_RECORDS = """
    CREATE FUNCTION count_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO books_change (what, amount) SELECT what, amount FROM (
                SELECT 'untied' AS what, SUM(balance) AS amount FROM added
                UNION ALL SELECT payment_status, COUNT(*) FROM added GROUP BY payment_status
            ) AS summed WHERE amount <> 0;
        ELSE
            INSERT INTO books_change (what, amount) SELECT what, SUM(amount) FROM (
                SELECT 'untied' AS what, SUM(balance) AS amount FROM added UNION ALL SELECT 'untied', -SUM(balance) FROM removed
                UNION ALL SELECT payment_status, COUNT(*) FROM added GROUP BY payment_status
                UNION ALL SELECT payment_status, -COUNT(*) FROM removed GROUP BY payment_status
            ) AS summed GROUP BY what HAVING SUM(amount) <> 0;
        END IF;
        RETURN NULL;
    END $$
"""
INSERTED = """
    CREATE TRIGGER count_inserted_records AFTER INSERT ON record REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_records()
"""
UPDATED = """
    CREATE TRIGGER count_updated_records AFTER UPDATE ON record REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_records()
"""
SO_FAR = """
    INSERT INTO books_change (what, amount) SELECT what, amount FROM (
        SELECT 'untied' AS what, SUM(balance) AS amount FROM record
        UNION ALL SELECT payment_status, COUNT(*) FROM record GROUP BY payment_status
    ) AS summed WHERE amount <> 0
"""


def upgrade() -> None:
    """Count with each change, and what is there; the triggers' lock keeps others from changing records meanwhile."""
    op.execute(COUNT_RECORDS)
    op.execute(INSERTED)
    op.execute(UPDATED)
    op.execute(SO_FAR)


def downgrade() -> None:
    """Count them no more."""
    op.execute("DROP TRIGGER count_updated_records ON record")
    op.execute("DROP TRIGGER count_inserted_records ON record")
    op.execute("DROP FUNCTION count_records()")
    for table in ("books_change", "books_total"):
        op.execute(f"DELETE FROM {table} WHERE what NOT IN ('entries', 'untied')")  # noqa: S608 (constants)
    op.execute("INSERT INTO books_change (what, amount) SELECT 'untied', -SUM(balance) FROM record HAVING SUM(balance) <> 0")
