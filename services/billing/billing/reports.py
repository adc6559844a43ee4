"""Reports, read off the ledger: what is owed for how long, what was earned, what came in, and where quotes and bills differ.

A report as of a day counts every posting up to the end of that day, in the network's time zone, so that it comes out the same
whenever it is asked for. Its totals are sums of ledger entries, so they tie.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.edge import View
from chassis.problems import refused
from contracts.types import Day, Money
from pydantic import ConfigDict, StrictInt
from sqlalchemy import TextClause, text

from billing.payers import safe
from billing.pricing import ZERO

MOST_ROWS: Final = 10_000
LONGEST_RANGE_DAYS: Final = 3_660
BUCKETS: Final = ("0-30", "31-60", "61-90", "91-120", "over 120")
"""Days since the date of service."""
SELF_PAY: Final = "self-pay"

Cell = str | int | Decimal | None
Row = dict[str, Cell]


class GroupBy(StrEnum):
    """What the rows of a report are about."""

    SERVICE_CODE = "service_code"
    THERAPIST = "therapist"
    PAYER = "payer"
    SITE = "site"
    MONTH = "month"


KEYS: Final[Mapping[GroupBy, str]] = {
    GroupBy.SERVICE_CODE: "record.service_code",
    GroupBy.THERAPIST: "CAST(record.therapist_id AS text)",
    GroupBy.PAYER: f"COALESCE(payer.payer_name, '{SELF_PAY}')",
    GroupBy.SITE: "COALESCE(site_replica.site_name, CAST(record.site_id AS text))",
    GroupBy.MONTH: "to_char(record.service_date, 'YYYY-MM')",
}


class Report(View):
    """A report: rows, and totals that tie to the ledger."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "report": "revenue",
                    "since": "2026-03-01",
                    "until": "2026-03-31",
                    "as_of": "2026-03-31",
                    "group_by": "service_code",
                    "rows": [{"service_code": "90837", "records": 12, "charged": "2220.00", "outstanding": "185.00"}],
                    "totals": {"records": 12, "charged": "2220.00", "outstanding": "185.00"},
                }
            ]
        }
    )

    report: str
    since: Day | None
    until: Day | None
    as_of: Day
    group_by: GroupBy | None
    rows: list[dict[str, StrictInt | Money | str | None]]
    """The first 10,000; amounts are strings with two decimals."""
    totals: dict[str, StrictInt | Money]


@dataclass(frozen=True, slots=True)
class Range:
    """What a report is about, and until when postings count."""

    since: date
    until: date
    as_of: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Refuse a range that nobody can mean."""
        if not self.since <= self.until or (self.until - self.since).days > LONGEST_RANGE_DAYS:
            detail = f"to must not lie before from, and at most {LONGEST_RANGE_DAYS} days after it."
            raise refused("impossible-range", detail, field="to")

    @property
    def posted_before(self) -> datetime:
        """The end of the day as of which it is told."""
        return _midnight(self.as_of + timedelta(days=1), self.zone)


async def aging(db: ReadSession, about: Range, group_by: GroupBy) -> Report:
    """Say what clients and payers owe as of a day, by how many days ago the service was."""
    found = await db.rows(_aging(group_by), {"before": about.posted_before, "as_of": about.as_of})
    rows: dict[str, Row] = {}
    for key, account, bucket, owed in found:
        row = rows.setdefault(key, {group_by.value: key, **dict.fromkeys((*BUCKETS, "owed_by_client", "owed_by_payer", "total"), ZERO)})
        for name in (BUCKETS[bucket], "owed_by_client" if account == "patient_ar" else "owed_by_payer", "total"):
            row[name] = _plus(row[name], owed)
    return _report("aging", about, list(rows.values()), group_by)


async def revenue(db: ReadSession, about: Range, group_by: GroupBy) -> Report:
    """Say what was charged for services of a time, what became of it by a day, and what is still outstanding."""
    asked = {"since": about.since, "until": about.until, "before": about.posted_before}
    counted = {row.key: row.records for row in await db.rows(_counted(group_by), asked)}
    rows: dict[str, Row] = {key: {group_by.value: key, "records": count, **dict.fromkeys(COLUMNS, ZERO)} for key, count in counted.items()}
    for key, account, amount in await db.rows(_revenue(group_by), asked):
        name, sign = ACCOUNTS[account]
        rows[key][name] = _plus(rows[key][name], sign * amount)
    return _report("revenue", about, list(rows.values()), group_by)


async def daily_close(db: ReadSession, about: Range) -> Report:
    """Say what was posted in a time, by kind, payer and method: what has to be in the till and in the bank."""
    begin = _midnight(about.since, about.zone)
    end = min(_midnight(about.until + timedelta(days=1), about.zone), about.posted_before)
    found = await db.rows(POSTED, {"begin": begin, "end": end})
    rows: list[Row] = [
        {"kind": row.kind, "payer": row.payer, "method": row.method, "postings": row.postings, "cash": row.cash, "charged": row.charged}
        for row in found
    ]
    return _report("daily-close", about, rows, None)


async def unbilled(db: ReadSession, about: Range) -> Report:
    """List sessions that were booked for a time that has passed, and of which billing has no record: nobody completed them."""
    found = await db.rows(UNBILLED, {"since": about.since, "until": min(about.until, about.as_of), "most": MOST_ROWS})
    return _report("unbilled", about, [dict(row._mapping) for row in found], None)  # noqa: SLF001 (SQLAlchemy's public name for it)


async def variance(db: ReadSession, about: Range) -> Report:
    """List where the quote before the booking and the record differ, and what was paid by the client."""
    found = await db.rows(VARIANCE, {"since": about.since, "until": about.until, "before": about.posted_before, "most": MOST_ROWS})
    return _report("variance", about, [dict(row._mapping) for row in found], None)  # noqa: SLF001 (as above)


async def reconciliation(db: ReadSession, about: Range) -> Report:
    """Count what must never be: every number is 0. Completed sessions are compared by scheduling's self-check."""
    [row] = await db.rows(IMPOSSIBLE)
    rows: list[Row] = [{"what": str(name).replace("_", " "), "found": count} for name, count in row._mapping.items()]  # noqa: SLF001 (as above)
    return _report("reconciliation", about, rows, None)


def to_csv(report: Report) -> str:
    """Write a report as a sheet whose cells no spreadsheet runs; the last line has the totals."""
    written = io.StringIO()
    writer = csv.writer(written)
    columns = list(dict.fromkeys(name for row in report.rows for name in row)) or list(report.totals)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in report.rows)
    writer.writerow(["total" if not index else _cell(report.totals.get(name)) for index, name in enumerate(columns)])
    return written.getvalue()


ACCOUNTS: Final[Mapping[str, tuple[str, int]]] = {
    "revenue": ("charged", -1),
    "contractual_adj": ("contractual_adjustment", 1),
    "discount": ("discounted", 1),
    "bad_debt": ("written_off", 1),
    "cash": ("received", 1),
    "unapplied_credit": ("unapplied_credit", -1),
    "patient_ar": ("outstanding", 1),
    "payer_ar": ("outstanding", 1),
}
COLUMNS: Final = tuple(dict.fromkeys(name for name, _ in ACCOUNTS.values()))
JOINED: Final = "record LEFT JOIN payer ON payer.id = record.payer_id LEFT JOIN site_replica ON site_replica.id = record.site_id"

POSTED: Final = text("""
    SELECT transaction.kind, transaction.payer, transaction.method, COUNT(*) AS postings,
        COALESCE(SUM(entry.cash), 0) AS cash, COALESCE(SUM(entry.charged), 0) AS charged
    FROM ledger_transaction transaction, LATERAL (
        SELECT SUM(amount) FILTER (WHERE account = 'cash') AS cash, -SUM(amount) FILTER (WHERE account = 'revenue') AS charged
        FROM ledger_entry WHERE transaction_id = transaction.id
    ) AS entry
    WHERE transaction.posted_at >= :begin AND transaction.posted_at < :end
    GROUP BY transaction.kind, transaction.payer, transaction.method
    ORDER BY transaction.kind, transaction.payer, transaction.method
""")
UNBILLED: Final = text("""
    SELECT CAST(quote.session_id AS text) AS session_id, CAST(quote.client_id AS text) AS client_id, quote.service_code,
        CAST(quote.service_date AS text) AS service_date, quote.total_amount AS quoted
    FROM quote
    WHERE quote.service_date BETWEEN :since AND :until AND NOT quote.is_void
        AND NOT EXISTS (SELECT FROM record WHERE record.session_id = quote.session_id AND record.client_id = quote.client_id)
    ORDER BY quote.service_date, quote.session_id, quote.client_id LIMIT :most
""")
VARIANCE: Final = text("""
    SELECT CAST(record.id AS text) AS record_id, CAST(record.session_id AS text) AS session_id, record.service_code,
        CAST(record.service_date AS text) AS service_date, quote.total_amount AS quoted, record.total_amount AS charged,
        quote.patient_amount AS quoted_to_client, record.patient_amount AS owed_by_client,
        record.patient_amount - quote.patient_amount AS difference, COALESCE(paid.amount, 0) AS paid_by_client,
        CASE
            WHEN quote.service_date <> record.service_date THEN 'another date of service'
            WHEN quote.service_code <> record.service_code THEN 'another service'
            WHEN quote.total_amount <> record.total_amount THEN 'another rate'
            WHEN quote.insurance_amount <> record.insurance_amount THEN 'coverage or what was left of it changed'
            ELSE 'another discount'
        END AS why
    FROM record JOIN quote ON quote.session_id = record.session_id AND quote.client_id = record.client_id
    LEFT JOIN LATERAL (
        SELECT SUM(entry.amount) AS amount
        FROM ledger_transaction transaction JOIN ledger_entry entry ON entry.transaction_id = transaction.id
        WHERE transaction.record_id = record.id AND transaction.payer = 'client' AND entry.account = 'cash'
            AND transaction.posted_at < :before
    ) AS paid ON true
    WHERE record.kind = 'session' AND record.service_date BETWEEN :since AND :until
        AND (quote.patient_amount, quote.insurance_amount, quote.total_amount)
            <> (record.patient_amount, record.insurance_amount, record.total_amount)
    ORDER BY record.service_date, record.id LIMIT :most
""")
IMPOSSIBLE: Final = text("""
    SELECT
        (SELECT COUNT(*) FROM (
            SELECT transaction_id FROM ledger_entry GROUP BY transaction_id HAVING SUM(amount) <> 0) AS one) AS unbalanced_transactions,
        (SELECT COUNT(*) FROM record WHERE NOT EXISTS (
            SELECT FROM ledger_transaction WHERE record_id = record.id AND kind = 'charge')) AS records_without_a_charge,
        (SELECT COUNT(*) FROM record LEFT JOIN (
            SELECT transaction.record_id, SUM(entry.amount) AS owed
            FROM ledger_transaction transaction JOIN ledger_entry entry ON entry.transaction_id = transaction.id
            WHERE entry.account IN ('patient_ar', 'payer_ar') GROUP BY transaction.record_id) AS ledger ON ledger.record_id = record.id
            WHERE record.balance <> COALESCE(ledger.owed, 0)) AS balances_that_do_not_tie,
        (SELECT COUNT(*) FROM record LEFT JOIN (
            SELECT record_id, SUM(amount) AS amount FROM record_line GROUP BY record_id) AS lines ON lines.record_id = record.id
            WHERE record.total_amount <> COALESCE(lines.amount, 0)) AS records_whose_lines_do_not_add_up
""")


def _aging(group_by: GroupBy) -> TextClause:
    return text(f"""
        WITH owed AS (
            SELECT transaction.record_id, entry.account, SUM(entry.amount) AS amount
            FROM ledger_entry entry JOIN ledger_transaction transaction ON transaction.id = entry.transaction_id
            WHERE entry.account IN ('patient_ar', 'payer_ar') AND transaction.posted_at < :before
            GROUP BY transaction.record_id, entry.account HAVING SUM(entry.amount) <> 0
        )
        SELECT {KEYS[group_by]} AS key, owed.account,
            width_bucket(CAST(:as_of AS date) - record.service_date, ARRAY[31, 61, 91, 121]) AS bucket, SUM(owed.amount) AS amount
        FROM owed JOIN ({JOINED}) ON record.id = owed.record_id
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """)  # noqa: S608 (the key is one of KEYS)


def _counted(group_by: GroupBy) -> TextClause:
    return text(f"""
        SELECT {KEYS[group_by]} AS key, COUNT(*) AS records FROM {JOINED}
        WHERE record.service_date BETWEEN :since AND :until AND record.created_at < :before
        GROUP BY 1 ORDER BY 1
    """)  # noqa: S608 (as above)


def _revenue(group_by: GroupBy) -> TextClause:
    return text(f"""
        SELECT {KEYS[group_by]} AS key, entry.account, SUM(entry.amount) AS amount
        FROM {JOINED}
        JOIN ledger_transaction transaction ON transaction.record_id = record.id
        JOIN ledger_entry entry ON entry.transaction_id = transaction.id
        WHERE record.service_date BETWEEN :since AND :until AND record.created_at < :before AND transaction.posted_at < :before
        GROUP BY 1, 2 ORDER BY 1, 2
    """)  # noqa: S608 (as above)


def _report(name: str, about: Range, rows: Sequence[Mapping[str, Any]], group_by: GroupBy | None) -> Report:
    totals: defaultdict[str, Any] = defaultdict(int)
    for row in rows:
        for column, value in row.items():
            if isinstance(value, Decimal | int):
                totals[column] = totals[column] + value
    return Report(
        report=name,
        since=about.since,
        until=about.until,
        as_of=about.as_of,
        group_by=group_by,
        rows=[dict(row) for row in rows[:MOST_ROWS]],
        totals=dict(totals),
    )


def _plus(amount: Cell, more: Decimal) -> Decimal:
    return (amount if isinstance(amount, Decimal) else ZERO) + more


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else safe(value)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
