"""Reports that are sums of ledger entries: what is owed, earned, taken off, denied, and what a day brought.

Each is one statement, so its numbers are of one moment. What was posted up to a moment is read from the entries alone, by an
index that has them by record; a record that owes nothing and has not been touched since that moment cannot owe anything then.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from chassis.files.columns import Cell, Column, Kind, Row

from billing.pricing.amounts import ZERO
from billing.reports.scope import OWED, RECORDS, CloseBy, DenialState, Figures, Outline, Scope, money

CASH: Final = "cash"
"""The method of a payment that is put into the till."""

BUCKETS: Final = ("0-30", "31-60", "61-90", "91-120", "over 120")
"""Days since the date of service."""

MOVED: Final = """
    COALESCE(-SUM(amount) FILTER (WHERE account = 'revenue'), 0) AS charged,
    COALESCE(SUM(amount) FILTER (WHERE account = 'contractual_adj'), 0) AS contractual_adjustment,
    COALESCE(SUM(amount) FILTER (WHERE account = 'discount'), 0) AS discounted,
    COALESCE(SUM(amount) FILTER (WHERE account = 'bad_debt'), 0) AS written_off,
    COALESCE(SUM(amount) FILTER (WHERE account = 'cash'), 0) AS received,
    COALESCE(-SUM(amount) FILTER (WHERE account = 'unapplied_credit'), 0) AS unapplied_credit,
    COALESCE(-SUM(amount) FILTER (WHERE account = 'interest'), 0) AS interest,
    COALESCE(SUM(amount) FILTER (WHERE account = 'payer_account'), 0) AS with_payers,
    COALESCE(SUM(amount) FILTER (WHERE account = 'patient_ar'), 0) AS owed_by_client,
    COALESCE(SUM(amount) FILTER (WHERE account = 'payer_ar'), 0) AS owed_by_payer
"""
"""Always: charged + unapplied credit + interest = contractual adjustment + discounted + written off + received + with payers + owed."""

SUMS: Final = ("charged", "contractual_adjustment", "discounted", "written_off", "received", "unapplied_credit")

OF_A_DAY: Final = (*SUMS, "interest", "with_payers")
"""Interest, and what payers withhold from whole payments, are of no record."""

POSTED: Final = f"""
    LATERAL (SELECT {MOVED} FROM published_ledger_entry WHERE record_id = record.id AND posted_at < :before) AS posted
"""  # noqa: S608 (constants)

ENTRIES_OF_FEW: Final = """
    LATERAL (SELECT account, amount, record_id FROM published_ledger_entry WHERE transaction_id = transaction.id OFFSET 0) AS entry
"""
"""The entries of transactions that are few although the planner expects many: looked up one by one instead of among all entries."""


def aging(scope: Scope) -> Outline:
    """Return what clients and payers owe as of a day, by how many days ago the service was."""
    days = ("days <= 30", "days BETWEEN 31 AND 60", "days BETWEEN 61 AND 90", "days BETWEEN 91 AND 120", "days > 120")
    buckets = ", ".join(f'COALESCE(SUM(owed) FILTER (WHERE {within}), 0) AS "{name}"' for name, within in zip(BUCKETS, days, strict=True))
    names = ", ".join(column.name for column in scope.keys)
    rows = f"""
        SELECT {names}, {buckets}, SUM(owed_by_client), SUM(owed_by_payer), SUM(owed) FROM (
            SELECT {scope.select_keys} CAST(:as_of AS date) - record.service_date AS days,
                owed_by_client, owed_by_payer, owed_by_client + owed_by_payer AS owed
            FROM {RECORDS}, {POSTED}
            WHERE {_may_owe(":before")}{scope.only()} AND (owed_by_client <> 0 OR owed_by_payer <> 0)
        ) AS open GROUP BY {scope.first()} ORDER BY {scope.first()}
    """  # noqa: S608 (names of ours)
    return Outline(columns=(*scope.keys, *money(*BUCKETS, "owed_by_client", "owed_by_payer", "total")), rows=(rows,))


def revenue(scope: Scope) -> Outline:
    """Return what was charged for services of a time, what became of it by a day, and what is still outstanding.

    Records whose charge was taken back are not counted.
    """
    sums = ", ".join(f"SUM(posted.{name})" for name in SUMS)
    rows = f"""
        SELECT {scope.select_keys} COUNT(*) FILTER (WHERE posted.charged <> 0 OR record.total_amount = 0), {sums},
            SUM(owed_by_client + owed_by_payer) FROM {RECORDS}, {POSTED}
        WHERE record.service_date BETWEEN :since AND :until AND record.created_at < :before{scope.only()}
        GROUP BY {scope.first()} ORDER BY {scope.first()}
    """  # noqa: S608 (as above)
    return Outline(columns=(*scope.keys, Column("records", Kind.WHOLE), *money(*SUMS, "outstanding")), rows=(rows,))


def adjustments(scope: Scope) -> Outline:
    """Return what was taken off in a time, by contracts, discounts and write-offs, why, and by which kind of posting.

    An entry has the moment of its transaction, so both are bounded by it. Records are read only where something is needed of them.
    """
    of_records = f" JOIN ({RECORDS}) ON record.id = entry.record_id" if scope.keys or scope.filters else ""
    rows = f"""
        SELECT {scope.select_keys} CASE entry.account WHEN 'contractual_adj' THEN 'contractual' WHEN 'discount' THEN 'discount'
                ELSE 'write_off' END AS kind,
            transaction.kind AS posted_as, transaction.reason, COUNT(*), SUM(entry.amount)
        FROM published_ledger_entry entry JOIN published_ledger_transaction transaction ON transaction.id = entry.transaction_id{of_records}
        WHERE entry.posted_at >= :begin AND entry.posted_at < :end AND entry.account IN ('contractual_adj', 'discount', 'bad_debt')
            AND transaction.posted_at >= :begin AND transaction.posted_at < :end AND entry.record_id IS NOT NULL{scope.only()}
        GROUP BY {scope.first(3)} ORDER BY {scope.first(3)}
    """  # noqa: S608 (as above)
    columns = (Column("kind"), Column("posted_as"), Column("reason"), Column("postings", Kind.WHOLE), *money("amount"))
    return Outline(columns=(*scope.keys, *columns), rows=(rows,))


def denials(scope: Scope, shown: DenialState | None = DenialState.OPEN) -> Outline:
    """Return of which records an insurer has refused to pay as of a day, what became of the denial since, and what is owed of them.

    Only those in the state ``shown``, which the totals are of; of all states where it is None. A record that was taken back has no denial.
    """
    rows = f"""
        WITH denied AS (
            SELECT DISTINCT ON (record_id) record_id, id, reason, posted_at FROM published_ledger_transaction
            WHERE kind = 'denial' AND posted_at < :before
            ORDER BY record_id, posted_at DESC, id DESC
        ), answer AS (
            SELECT denied.record_id, denied.reason, denied.posted_at,
                COUNT(*) FILTER (WHERE later.kind = 'claim') > COUNT(*) FILTER (WHERE later.kind = 'rejection') AS is_claimed_again,
                COALESCE(bool_or(later.payer = 'insurer' AND later.kind IN ('payment', 'adjustment', 'transfer')
                    AND later.reverses_id IS NULL AND NOT EXISTS (
                        SELECT FROM published_ledger_transaction back WHERE back.reverses_id = later.id AND back.posted_at < :before)
                ), false) AS is_answered
            FROM denied LEFT JOIN published_ledger_transaction later ON later.record_id = denied.record_id
                AND (later.posted_at, later.id) > (denied.posted_at, denied.id) AND later.posted_at < :before
            GROUP BY denied.record_id, denied.reason, denied.posted_at
            HAVING COALESCE(bool_and(later.kind <> 'void'), true)
        ), judged AS (
            SELECT {scope.select_keys} CASE WHEN is_claimed_again THEN '{DenialState.REQUESTED_AGAIN}'
                    WHEN is_answered THEN '{DenialState.OVERTURNED}'
                    WHEN owed_by_payer > 0 THEN '{DenialState.OPEN}' ELSE '{DenialState.CLOSED}' END AS state,
                answer.reason, answer.posted_at, record.total_amount, owed_by_client, owed_by_payer
            FROM answer JOIN ({RECORDS}) ON record.id = answer.record_id, {POSTED}
            WHERE true{scope.only()}
        )
        SELECT {"".join(f"{column.name}, " for column in scope.keys)} state, reason, MIN(CAST(posted_at AT TIME ZONE :zone AS date)),
            COUNT(*), SUM(total_amount), SUM(owed_by_client), SUM(owed_by_payer)
        FROM judged{f" WHERE state = '{shown}'" if shown else ""}
        GROUP BY {scope.first(2)} ORDER BY {scope.first(2)}
    """  # noqa: S608 (as above)
    columns = (
        Column("state"),
        Column("reason"),
        Column("denied_since", Kind.DATE),
        Column("records", Kind.WHOLE),
        *money("charged", "owed_by_client", "owed_by_payer"),
    )
    return Outline(columns=(*scope.keys, *columns), rows=(rows,))


def daily_close(scope: Scope, days: CloseBy = CloseBy.DEPOSIT) -> Outline:
    """Return what belongs to each day, how it moved the receivables, and what has to be in the till.

    What was posted up to the end of ``as_of`` counts, on the day of its deposit or of its posting. A posting without a day of deposit is
    deposited on the day of its posting, so only one with such a day can lie on the other side of the first day than its posting does.
    """
    wanted = f"SELECT id FROM published_record record WHERE true{scope.only()}"  # noqa: S608 (as above)
    of = f" AND {{}}.record_id IN ({wanted})" if scope.filters else ""
    of_entries, of_transactions = of.format("entry"), of.format("transaction")
    deposit = "transaction.deposit_date" if days is CloseBy.DEPOSIT else "CAST(NULL AS date)"
    within = f"""
        transaction.posted_at < :before AND ({deposit} BETWEEN :since AND :until
            OR ({deposit} IS NULL AND transaction.posted_at >= :begin AND transaction.posted_at < :end))
    """
    stated = "transaction.posted_at, transaction.deposit_date, transaction.kind, transaction.payer, transaction.method"
    entries = f"""(
        SELECT {stated}, entry.account, entry.amount
        FROM published_ledger_entry entry JOIN published_ledger_transaction transaction ON transaction.id = entry.transaction_id
        WHERE entry.posted_at >= :begin AND entry.posted_at < :end AND entry.posted_at < :before
            AND transaction.posted_at >= :begin AND transaction.posted_at < :end
            AND ({deposit} IS NULL OR {deposit} BETWEEN :since AND :until){of_entries}
        UNION ALL
        SELECT {stated}, entry.account, entry.amount FROM published_ledger_transaction transaction, {ENTRIES_OF_FEW}
        WHERE {deposit} BETWEEN :since AND :until AND transaction.posted_at < :before
            AND (transaction.posted_at < :begin OR transaction.posted_at >= :end){of_entries}
    ) AS transaction"""  # noqa: S608 (as above)
    figures = f"""
        SELECT opening_receivables + shifted AS opening_receivables FROM (
            SELECT COALESCE(SUM(owed), 0.00) AS opening_receivables FROM published_record record, LATERAL (
                SELECT SUM(amount) AS owed FROM published_ledger_entry
                WHERE record_id = record.id AND posted_at < :begin AND account IN ({OWED})
            ) AS posted WHERE {_may_owe(":begin")}{scope.only()}
        ) AS opened, (
            SELECT COALESCE(SUM(CASE WHEN transaction.posted_at >= :begin THEN entry.amount ELSE -entry.amount END), 0.00) AS shifted
            FROM published_ledger_transaction transaction, {ENTRIES_OF_FEW}
            WHERE account IN ({OWED}) AND transaction.posted_at < :before AND (
                (transaction.posted_at >= :begin AND {deposit} < :since)
                OR (transaction.posted_at < :begin AND {deposit} >= :since)){of_entries}
        ) AS shifted
    """  # noqa: S608 (as above)
    day = f"COALESCE({deposit}, CAST(transaction.posted_at AT TIME ZONE :zone AS date)) AS day, kind, payer, method"
    rows = f"""
        SELECT day, kind, payer, method, postings, {", ".join(OF_A_DAY)}, owed_by_client + owed_by_payer,
            :opening_receivables + SUM(owed_by_client + owed_by_payer) OVER (ORDER BY day, kind, payer, method ROWS UNBOUNDED PRECEDING)
        FROM (
            SELECT day, kind, payer, method, CAST(SUM(postings) AS bigint) AS postings, {MOVED} FROM (
                SELECT {day}, NULL AS account, 0 AS amount, COUNT(*) AS postings
                FROM published_ledger_transaction transaction WHERE {within}{of_transactions} GROUP BY 1, 2, 3, 4
                UNION ALL
                SELECT {day}, account, SUM(amount), 0 FROM {entries} GROUP BY 1, 2, 3, 4, 5
            ) AS posted GROUP BY 1, 2, 3, 4
        ) AS summed ORDER BY day, kind, payer, method
    """  # noqa: S608 (as above)
    columns = (
        Column("day", Kind.DATE),
        *(Column(name) for name in ("kind", "payer", "method")),
        Column("postings", Kind.WHOLE),
        *money(*OF_A_DAY, "receivables", "receivables_after"),
    )
    return Outline(columns=columns, rows=(rows,), figures=figures, of_rows=partial(_closed, [column.name for column in columns]))


def _closed(names: Sequence[str], figures: Figures, rows: Sequence[Row]) -> Figures:
    """Return what is owed at the end and what has to be in the till: both are sums of the rows."""
    receivables, received, method = (names.index(name) for name in ("receivables", "received", "method"))
    return {
        "closing_receivables": sum((_amount(row[receivables]) for row in rows), _amount(figures["opening_receivables"])),
        "cash_in_till": sum((_amount(row[received]) for row in rows if row[method] == CASH), ZERO),
    }


def _amount(cell: Cell) -> Decimal:
    if not isinstance(cell, Decimal):
        raise TypeError(cell)
    return cell


def _may_owe(moment: str) -> str:
    """Leave out records that cannot owe anything at a moment: made later, or owing nothing and untouched since."""
    return f"record.created_at < {moment} AND (record.balance <> 0 OR record.updated_at >= {moment})"
