"""An example of every report, for the API's description: made of rows by the same code that makes the reports."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from billing.reports import ledger as report_ledger
from billing.reports import sessions as report_sessions
from billing.reports.report import Reading
from billing.reports.scope import GroupBy, Outline, Scope
from billing.sheet import Cell, Row, lines

MARCH: Final = Scope(
    since=date(2026, 3, 1), until=date(2026, 3, 31), as_of=date(2026, 3, 31), today=date(2026, 4, 1), zone=ZoneInfo("America/New_York")
)
SESSION: Final = UUID("01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45")
CLIENT: Final = UUID("01890a5d-ac96-7b55-93e6-9f0a1b2c3d56")
RECORD: Final = UUID("01890a5d-ac96-7a11-8c22-d3e4f5061728")
MONDAY: Final = date(2026, 3, 2)


def _by(*group_by: GroupBy) -> Scope:
    return Scope(since=MARCH.since, until=MARCH.until, as_of=MARCH.as_of, today=MARCH.today, zone=MARCH.zone, group_by=group_by)


def _amounts(*cents: int) -> list[Cell]:
    return [Decimal(amount) / 100 for amount in cents]


PAYER, CODE = _by(GroupBy.PAYER), _by(GroupBy.SERVICE_CODE)
EXAMPLES: Final[dict[str, tuple[Scope, Outline, Sequence[Row], dict[str, Cell]]]] = {
    "aging": (
        PAYER,
        report_ledger.aging(PAYER),
        [
            ["Harbor Mutual", *_amounts(127000, 25400, 0, 0, 0, 0, 152400, 152400)],
            ["self-pay", *_amounts(18500, 0, 14000, 0, 0, 32500, 0, 32500)],
        ],
        {},
    ),
    "revenue": (
        CODE,
        report_ledger.revenue(CODE),
        [
            ["90834", 4, *_amounts(56000, 4000, 2000, 0, 36000, 0, 14000)],
            ["90837", 12, *_amounts(222000, 33000, 0, 6000, 165000, 500, 18500)],
        ],
        {},
    ),
    "adjustments": (
        MARCH,
        report_ledger.adjustments(MARCH),
        [
            ["write_off", "write_off", "uncollectable", 1, *_amounts(6000)],
            ["contractual", "charge", None, 12, *_amounts(33000)],
            ["discount", "adjustment", "sliding scale", 2, *_amounts(3000)],
        ],
        {},
    ),
    "denials": (
        PAYER,
        report_ledger.denials(PAYER),
        [["Harbor Mutual", report_ledger.DenialState.OPEN, "authorisation missing", date(2026, 3, 17), 2, *_amounts(37000, 5000, 25400)]],
        {},
    ),
    "daily-close": (
        MARCH,
        report_ledger.daily_close(MARCH),
        [
            [MONDAY, "charge", None, None, 2, *_amounts(37000, 3300, 0, 0, 0, 0, 0, 0, 33700, 153700)],
            [MONDAY, "payment", "client", "cash", 1, *_amounts(0, 0, 0, 0, 2500, 0, 0, 0, -2500, 151200)],
            [MONDAY, "payment", "insurer", "era", 1, *_amounts(0, 0, 0, 0, 12700, 0, 0, 0, -12700, 138500)],
        ],
        dict(zip(("opening_receivables", "closing_receivables", "cash_in_till"), _amounts(120000, 138500, 2500), strict=True)),
    ),
    "unbilled": (MARCH, report_sessions.unbilled(MARCH), [[SESSION, CLIENT, "90837", MONDAY, *_amounts(18500)]], {}),
    "variance": (
        MARCH,
        report_sessions.variance(MARCH, only_different=True),
        [[RECORD, SESSION, "90834", MONDAY, *_amounts(14000, 15000, 14000, 15000, 1000, 0, 0, 15000, 0), "another rate"]],
        {},
    ),
    "reconciliation": (
        MARCH,
        report_sessions.reconciliation(),
        [["unbalanced transactions", 0], [report_sessions.BALANCES, 0], [report_sessions.MISSING, 0], [report_sessions.SURPLUS, 0]],
        {"compared_at": datetime(2026, 3, 31, 14, tzinfo=UTC), "sessions_compared": 1204, "clients_compared": 1260},
    ),
}


def example(name: str) -> dict[str, Any]:
    """Return a report as JSON has it."""
    reading, rows = _read(name)
    return reading.shown(rows, 0, len(rows)).model_dump(mode="json")


def csv_example(name: str) -> str:
    """Return the same report as CSV."""
    reading, rows = _read(name)
    return lines([[column.name for column in reading.columns], *rows, *reading.beneath()]).decode()


def _read(name: str) -> tuple[Reading, Sequence[Row]]:
    scope, outline, rows, figures = EXAMPLES[name]
    reading = Reading(name, scope, outline.columns, figures)
    return reading, reading.count(rows)
