"""A network's books of two years: a million records and what became of their money, written into a private database by SQL."""

from typing import Final

import asyncpg

RECORDS: Final = 1_000_000
DAYS: Final = 730
SECONDS: Final = DAYS * 86_400
LOAD_S: Final = 900

IDS: Final = """
    CREATE FUNCTION pg_temp.id(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT CAST(lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS bigint)), 12, '0') || '7' || substr(md5(salt), 1, 3)
            || '8' || substr(md5(salt), 4, 15) AS uuid)
    $$
"""
"""Ids as the services mint them: sorted by the time at which they were made."""

PARTIES: Final = """
    INSERT INTO payer (id, payer_name, payer_code, is_active, claim_filing_code, telehealth_place_of_service, version,
        created_at, updated_at)
    SELECT pg_temp.id('epoch', 'payer' || n), 'Payer ' || n, 'P' || n, true, 'CI', '10', 1, now(), now()
    FROM generate_series(1, 12) n;
    INSERT INTO site_replica SELECT pg_temp.id('epoch', 'site' || n), 'Site ' || n, 'America/New_York', 1 FROM generate_series(1, 40) n
"""
SESSIONS: Final = """
    CREATE TEMP TABLE visit AS
    SELECT n, at, pg_temp.id(at, 'record' || n) AS id, n % 3 AS terms, 100 + n % 90 AS charge,
        CASE WHEN n % 33 > 0 AND paid_at < now() THEN paid_at END AS paid_at
    FROM generate_series(1, $1) n, LATERAL (SELECT now() - (($1 - n) * CAST($2 AS float8) / $1) * interval '1 second' AS at) AS charged,
        LATERAL (SELECT at + (5 + n % 56) * interval '1 day' AS paid_at) AS paid
"""
"""A third pays by itself, a third is insured, a third is insured with a copay; three in a hundred do not pay."""

BOOKS: Final = (
    """
    INSERT INTO record (id, kind, session_id, client_id, therapist_id, site_id, service_id, service_code, units, minutes, rate_per_unit,
        total_amount, allowed_amount, contractual_adjustment, other_adjustment, insurance_applicable, insurance_covered, payer_id,
        insurance_amount, copay_amount, deductible_amount, coinsurance_amount, patient_amount, service_date, billing_date, flags,
        payment_status, balance, unapplied_credit, version, created_at, updated_at)
    SELECT id, 'session', pg_temp.id(at, 'session' || n), pg_temp.id('epoch', 'client' || n % 50000),
        pg_temp.id('epoch', 'therapist' || n % 800), pg_temp.id('epoch', 'site' || 1 + n % 40), pg_temp.id('epoch', 'service' || n % 7),
        '9083' || n % 7, 1, 55, charge, charge, charge - off, off, 0, insurer > 0, insurer > 0,
        CASE WHEN insurer > 0 THEN pg_temp.id('epoch', 'payer' || 1 + n % 12) END, insurer, copay, 0, 0, charge - off - insurer,
        CAST(at AS date), CAST(at AS date), '[]', CASE WHEN paid_at IS NULL THEN 'pending' ELSE 'paid' END,
        CASE WHEN paid_at IS NULL THEN charge - off ELSE 0 END, 0, 1, at, COALESCE(paid_at, at)
    FROM priced ORDER BY n
    """,
    """
    INSERT INTO ledger_transaction (id, record_id, kind, posted_at, payer, method)
    SELECT id, record_id, kind, posted_at, payer, method FROM posting ORDER BY posted_at, id
    """,
    """
    INSERT INTO ledger_entry (transaction_id, record_id, posted_at, account, amount)
    SELECT id, record_id, posted_at, account, amount FROM posting, LATERAL (VALUES
        ('patient_ar', patient), ('payer_ar', insurer), ('contractual_adj', off), ('revenue', earned), ('cash', cash)
    ) AS entry (account, amount)
    WHERE amount <> 0 ORDER BY posted_at, id
    """,
    """
    INSERT INTO record_line
    SELECT id, 1, '9083' || n % 7, 1, charge, charge, charge - off, off, 0, 0, copay, 0, charge - off - insurer, insurer, true FROM priced
    """,
)
PRICED: Final = """
    CREATE TEMP TABLE priced AS
    SELECT *, CASE WHEN terms > 0 THEN 20 ELSE 0 END AS off, CASE WHEN terms = 2 THEN 25 ELSE 0 END AS copay,
        CASE terms WHEN 0 THEN 0 WHEN 1 THEN charge - 20 ELSE charge - 45 END AS insurer
    FROM visit
"""
POSTINGS: Final = """
    CREATE TEMP TABLE posting AS
    SELECT pg_temp.id(at, 'charge' || n) AS id, id AS record_id, 'charge' AS kind, at AS posted_at, NULL AS payer, NULL AS method,
        charge - off - insurer AS patient, insurer, off, -charge AS earned, 0 AS cash FROM priced
    UNION ALL
    SELECT pg_temp.id(paid_at, 'insurer' || n), id, 'payment', paid_at, 'insurer', 'era', 0, -insurer, 0, 0, insurer
    FROM priced WHERE paid_at IS NOT NULL AND insurer > 0
    UNION ALL
    SELECT pg_temp.id(paid_at, 'client' || n), id, 'payment', paid_at, 'client', CASE n % 2 WHEN 0 THEN 'card' ELSE 'cash' END,
        insurer + off - charge, 0, 0, 0, charge - off - insurer
    FROM priced WHERE paid_at IS NOT NULL AND charge > off + insurer
"""


async def write_books(dsn: str, records: int = RECORDS) -> None:
    """Write the books into a migrated database, as somebody who may pass over its triggers."""
    connection = await asyncpg.connect(dsn, command_timeout=LOAD_S)
    try:
        await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'; SET temp_buffers = '256MB'")
        await connection.execute(IDS)
        await connection.execute(PARTIES)
        await connection.execute(SESSIONS.replace("$1", str(records)).replace("$2", str(SECONDS)))
        for statement in (PRICED, POSTINGS, *BOOKS):
            await connection.execute(statement)
        await connection.execute("DROP TABLE visit, priced, posting")
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
