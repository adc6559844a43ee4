"""Reports that hold sessions, quotes and records against each other and against the ledger."""

from typing import Final

from chassis.files.columns import Column, Kind

from billing.reports.scope import OWED, Outline, Scope, money

LATEST: Final = "SELECT * FROM published_comparison WHERE completed_at IS NOT NULL ORDER BY completed_at DESC LIMIT 1"
BALANCES, CREDITS, TOUCHED, MISSING, SURPLUS = (
    "balances that do not tie",
    "credits that do not tie",
    "records older than their postings",
    "completed sessions without a record",
    "records without a completed session",
)
CONTRADICTIONS: Final = (
    """
    SELECT 'unbalanced transactions', COUNT(*) FROM (
        SELECT FROM published_ledger_entry GROUP BY transaction_id HAVING SUM(amount) <> 0) AS found
    """,
    """
    SELECT 'records without a charge', COUNT(*) FROM published_record record
    WHERE NOT EXISTS (SELECT FROM published_ledger_transaction WHERE record_id = record.id AND kind = 'charge')
    """,
    f"""
    SELECT what, found FROM (
        SELECT COUNT(*) FILTER (WHERE record.balance <> COALESCE(posted.owed, 0)) AS balances,
            COUNT(*) FILTER (WHERE record.unapplied_credit <> COALESCE(posted.credit, 0)) AS credits,
            COUNT(*) FILTER (WHERE record.updated_at < posted.at) AS touched
        FROM published_record record LEFT JOIN (
            SELECT record_id, SUM(amount) FILTER (WHERE account IN ({OWED})) AS owed,
                -SUM(amount) FILTER (WHERE account = 'unapplied_credit') AS credit, MAX(posted_at) AS at
            FROM published_ledger_entry GROUP BY record_id
        ) AS posted ON posted.record_id = record.id
    ) AS counted, LATERAL (VALUES ('{BALANCES}', balances), ('{CREDITS}', credits), ('{TOUCHED}', touched)) AS line (what, found)
    """,  # noqa: S608 (constants)
    """
    SELECT 'records with credit of a payer who owes on them', COUNT(*) FROM (
        SELECT SUM(moved.patient_ar) AS owed_by_client, SUM(moved.payer_ar) AS owed_by_insurer, SUM(moved.credit) AS credit,
            COALESCE(SUM(moved.cash) FILTER (WHERE moved.payer = 'insurer'), 0) AS insurer_paid,
            COALESCE(SUM(moved.cash) FILTER (WHERE moved.payer IS DISTINCT FROM 'insurer'), 0) AS client_paid,
            COALESCE(-SUM(moved.patient_ar) FILTER (WHERE moved.settles), 0) AS of_client,
            COALESCE(-SUM(moved.payer_ar) FILTER (WHERE moved.settles), 0) AS of_insurer,
            COALESCE(-SUM(moved.patient_ar) FILTER (
                WHERE moved.settles AND moved.payer = 'insurer' AND moved.cash * moved.patient_ar < 0), 0) AS covered
        FROM published_record record, LATERAL (
            SELECT transaction.payer, transaction.kind IN ('payment', 'credit') AS settles,
                COALESCE(SUM(amount) FILTER (WHERE account = 'cash'), 0) AS cash,
                COALESCE(SUM(amount) FILTER (WHERE account = 'patient_ar'), 0) AS patient_ar,
                COALESCE(SUM(amount) FILTER (WHERE account = 'payer_ar'), 0) AS payer_ar,
                COALESCE(-SUM(amount) FILTER (WHERE account = 'unapplied_credit'), 0) AS credit
            FROM published_ledger_entry entry JOIN published_ledger_transaction transaction ON transaction.id = entry.transaction_id
            WHERE entry.record_id = record.id GROUP BY transaction.id, transaction.payer, transaction.kind
        ) AS moved
        WHERE record.balance <> 0 AND record.unapplied_credit > 0 AND record.payment_status <> 'voided' GROUP BY record.id
    ) AS summed, LATERAL (
        SELECT GREATEST(LEAST(covered, of_client, insurer_paid - of_insurer), of_client - client_paid, 0) AS covered
    ) AS bounded, LATERAL (
        SELECT LEAST(GREATEST(insurer_paid - of_insurer - bounded.covered, 0), credit) AS by_insurer
    ) AS split WHERE LEAST(owed_by_insurer, by_insurer) > 0 OR LEAST(owed_by_client, credit - by_insurer) > 0
    """,
    """
    SELECT 'records whose lines do not add up', COUNT(*) FROM published_record record LEFT JOIN (
        SELECT record_id, SUM(amount) AS amount FROM published_record_line GROUP BY record_id
    ) AS line ON line.record_id = record.id WHERE record.total_amount <> COALESCE(line.amount, 0)
    """,
    """
    SELECT 'remittances that do not tie to their deposit', COUNT(*) FROM published_remittance remittance
    WHERE status = 'posted' AND amount <> (
        SELECT COALESCE(SUM(entry.amount), 0) FROM published_ledger_entry entry WHERE account = 'cash' AND transaction_id IN (
            SELECT unnest(transaction_ids || assigned_as) FROM published_remittance_claim WHERE remittance_id = remittance.id
            UNION ALL SELECT transaction.id FROM published_ledger_transaction transaction WHERE transaction.remittance_id = remittance.id)
    ) + (
        SELECT COALESCE(SUM(CAST(said ->> 'paid' AS numeric)), 0) FROM published_remittance_claim
        WHERE remittance_id = remittance.id AND outcome = 'left_out' AND transaction_ids = '{}')
    """,
    f"""
    SELECT '{MISSING}', COUNT(*) FROM ({LATEST}) AS latest
        JOIN published_comparison_difference difference ON difference.comparison_id = latest.id
    WHERE difference.kind = 'missing' AND NOT EXISTS (
        SELECT FROM published_record record LEFT JOIN published_undone undone ON undone.session_id = record.session_id
        WHERE record.session_id = difference.session_id AND record.client_id = difference.client_id
            AND (undone.session_id IS NULL OR record.session_version > undone.session_version))
    """,  # noqa: S608 (as above)
    f"""
    SELECT '{SURPLUS}', COUNT(*) FROM ({LATEST}) AS latest
        JOIN published_comparison_difference difference ON difference.comparison_id = latest.id
        JOIN published_record record ON record.id = difference.record_id AND record.payment_status <> 'voided'
    WHERE difference.kind = 'surplus'
    """,  # noqa: S608 (as above)
)
"""What must never be. The last two are what the latest complete comparison found and what has not been mended since."""


def unbilled(scope: Scope) -> Outline:
    """List sessions that were booked for a day that has passed and of which there was no record then: nobody completed them."""
    rows = f"""
        SELECT quote.session_id, quote.client_id, quote.service_code, quote.service_date, quote.total_amount FROM published_quote quote
        WHERE quote.service_date BETWEEN :since AND :passed AND NOT quote.is_void{scope.only("quote")} AND NOT EXISTS (
            SELECT FROM published_record record
                LEFT JOIN published_undone undone ON undone.session_id = record.session_id AND undone.undone_at < :before
            WHERE record.session_id = quote.session_id AND record.client_id = quote.client_id AND record.created_at < :before
                AND (undone.session_id IS NULL OR record.session_version > undone.session_version)
            OFFSET 0)
        ORDER BY quote.service_date, quote.session_id, quote.client_id
    """  # noqa: S608 (names of ours; OFFSET 0 looks each quote's records up, instead of reading all records)
    ids = (Column("session_id", Kind.ID), Column("client_id", Kind.ID))
    return Outline(columns=(*ids, Column("service_code"), Column("service_date", Kind.DATE), *money("quoted")), rows=(rows,), streams=True)


def variance(scope: Scope, *, only_different: bool) -> Outline:
    """Hold each record against its quote and what was paid by a day; where quote and record differ, with the reason.

    Each record's quote is looked up: read from a cursor, the statement has no parallel workers that would read all quotes faster.
    """
    different = """
        AND (quote.patient_amount, quote.insurance_amount, quote.total_amount)
            <> (record.patient_amount, record.insurance_amount, record.total_amount)
    """
    rows = f"""
        SELECT record.id, record.session_id, record.service_code, record.service_date, quote.total_amount, record.total_amount,
            quote.patient_amount, record.patient_amount, record.patient_amount - quote.patient_amount,
            quote.insurance_amount, record.insurance_amount, paid.by_client, paid.by_insurer,
            CASE
                WHEN quote.session_id IS NULL THEN 'never quoted'
                WHEN quote.service_date <> record.service_date THEN 'another date of service'
                WHEN quote.service_code <> record.service_code THEN 'another service'
                WHEN quote.total_amount <> record.total_amount THEN CASE
                    WHEN record.total_amount - quote.total_amount = added.amount THEN 'services added'
                    WHEN added.amount > 0 THEN 'services added and another rate'
                    ELSE 'another rate'
                END
                WHEN quote.insurance_amount <> record.insurance_amount THEN 'coverage or what was left of it changed'
                WHEN quote.patient_amount <> record.patient_amount THEN 'another discount'
            END
        FROM published_record record
            LEFT JOIN LATERAL (
                SELECT * FROM published_quote
                WHERE session_id = record.session_id AND client_id = record.client_id AND NOT is_void OFFSET 0
            ) AS quote ON true,
            LATERAL (
                SELECT COALESCE(SUM(amount) FILTER (WHERE payer = 'client'), 0) AS by_client,
                    COALESCE(SUM(amount) FILTER (WHERE payer = 'insurer'), 0) AS by_insurer
                FROM published_ledger_entry entry JOIN published_ledger_transaction transaction ON transaction.id = entry.transaction_id
                WHERE entry.record_id = record.id AND account = 'cash' AND entry.posted_at < :before
            ) AS paid,
            LATERAL (
                SELECT COALESCE(SUM(line.amount), 0) AS amount FROM published_record_line line
                WHERE line.record_id = record.id AND service_code <> record.service_code
                    AND service_code <> ALL (string_to_array(record.service_code, '+'))
            ) AS added
        WHERE record.kind = 'session' AND record.service_date BETWEEN :since AND :until AND record.created_at < :before{scope.only()}
            {different if only_different else ""}
        ORDER BY record.service_date, record.id
    """  # noqa: S608 (as above)
    columns = (
        Column("record_id", Kind.ID),
        Column("session_id", Kind.ID),
        Column("service_code"),
        Column("service_date", Kind.DATE),
        *money("quoted", "charged", "quoted_to_client", "owed_by_client", "difference", "quoted_to_payer", "owed_by_payer"),
        *money("paid_by_client", "paid_by_payer"),
        Column("why"),
    )
    return Outline(columns=columns, rows=(rows,), streams=True)


def reconciliation() -> Outline:
    """Count what must never be: every number is 0 on a healthy platform."""
    figures = f"""
        SELECT latest.started_at AS compared_at, latest.sessions AS sessions_compared, latest.attended AS clients_compared
        FROM (SELECT) AS always LEFT JOIN ({LATEST}) AS latest ON true
    """  # noqa: S608 (as above)
    return Outline(columns=(Column("what"), Column("found", Kind.WHOLE)), rows=CONTRADICTIONS, figures=figures)
