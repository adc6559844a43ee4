"""Reports and the sheet of records, read in batches; an example of every report, made by the same code, describes the API."""

import math
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.bodies.models import View
from chassis.data.database import Snapshot, named
from chassis.database_errors import timed_out
from chassis.driver.connections import STATEMENT_TIMEOUT_MS
from chassis.errors import DomainError, Invalid
from chassis.files.cells import lines
from chassis.files.columns import Batches, Cell, Column, Kind, Row, Sheet, plain
from chassis.rows.paging import read_cursor, write_cursor
from contracts.scheduling import Modality
from contracts.types import Day
from pydantic import StrictBool, StrictInt
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from billing.pricing.amounts import ZERO
from billing.records.queries import RECORD, fitting
from billing.records.schemas import Wanted
from billing.reports import books
from billing.reports import scope as reports_scope
from billing.reports import sessions as report_sessions
from billing.reports.scope import Figures, Filter, GroupBy, Outline, Scope

MARCH: Final = Scope(
    since=date(2026, 3, 1), until=date(2026, 3, 31), as_of=date(2026, 3, 31), today=date(2026, 4, 1), zone=ZoneInfo("America/New_York")
)

SESSION: Final = UUID("01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45")

CLIENT: Final = UUID("01890a5d-ac96-7b55-93e6-9f0a1b2c3d56")

RECORD_ID: Final = UUID("01890a5d-ac96-7a11-8c22-d3e4f5061728")

MONDAY: Final = date(2026, 3, 2)


def _by(*group_by: GroupBy) -> Scope:
    return Scope(since=MARCH.since, until=MARCH.until, as_of=MARCH.as_of, today=MARCH.today, zone=MARCH.zone, group_by=group_by)


def _amounts(*cents: int) -> list[Cell]:
    return [Decimal(amount) / 100 for amount in cents]


PAYER, CODE = _by(GroupBy.PAYER), _by(GroupBy.SERVICE_CODE)

EXAMPLES: Final[dict[str, tuple[Scope, Outline, Sequence[Row], dict[str, Cell]]]] = {
    "aging": (
        PAYER,
        books.aging(PAYER),
        [
            ["Harbor Mutual", "HM001", *_amounts(127000, 25400, 0, 0, 0, 0, 152400, 152400)],
            ["self-pay", None, *_amounts(18500, 0, 14000, 0, 0, 32500, 0, 32500)],
        ],
        {},
    ),
    "revenue": (
        CODE,
        books.revenue(CODE),
        [
            ["90834", 4, *_amounts(56000, 4000, 2000, 0, 36000, 0, 14000)],
            ["90837", 12, *_amounts(222000, 33000, 0, 6000, 165000, 500, 18500)],
        ],
        {},
    ),
    "adjustments": (
        MARCH,
        books.adjustments(MARCH),
        [
            ["write_off", "write_off", "uncollectable", 1, *_amounts(6000)],
            ["contractual", "charge", None, 12, *_amounts(33000)],
            ["discount", "adjustment", "sliding scale", 2, *_amounts(3000)],
        ],
        {},
    ),
    "denials": (
        PAYER,
        books.denials(PAYER),
        [
            [
                "Harbor Mutual",
                "HM001",
                reports_scope.DenialState.OPEN,
                "authorisation missing",
                date(2026, 3, 17),
                2,
                *_amounts(37000, 5000, 25400),
            ]
        ],
        {},
    ),
    "daily-close": (
        MARCH,
        books.daily_close(MARCH),
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
        [[RECORD_ID, SESSION, "90834", MONDAY, *_amounts(14000, 15000, 14000, 15000, 1000, 0, 0, 15000, 0), "another rate"]],
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
    reading, rows = _reading_of(name)
    return reading.shown(rows, 0, len(rows)).model_dump(mode="json")


def csv_example(name: str) -> str:
    """Return the same report as CSV."""
    reading, rows = _reading_of(name)
    return lines([[column.name for column in reading.columns], *rows, *reading.beneath()])


ROW_LIST: Final = "rows of a report"
"""Names the list in its cursors."""

MOST_ROWS: Final = 10_000
"""The longest page of a JSON answer; CSV and XLSX have all rows."""


class ColumnView(View):
    """A column of a report, in the order in which CSV and XLSX have them."""

    name: str
    kind: Kind


Shown = str | StrictInt | StrictBool | None


class Report(View):
    """A report: rows, and totals that tie to the ledger."""

    report: str
    since: Day
    until: Day
    as_of: Day
    group_by: list[GroupBy]
    filters: dict[Filter, str]
    columns: list[ColumnView]
    rows: list[dict[str, Shown]]
    """Those of this page, at most 10,000; amounts are strings with two decimals."""
    first_row: StrictInt
    """The place of the first of them among all rows, from 1."""
    row_count: StrictInt
    """Of all rows."""
    next_cursor: str | None
    """Pass it as ``cursor`` for the rows that follow; null at the end."""
    totals: dict[str, Shown]
    """Of all rows, also of those that are not shown."""
    figures: dict[str, Shown]
    """What no column sums to, such as what was owed at the beginning and at the end."""
    is_complete: bool
    """Whether this page has all rows; CSV and XLSX always have."""


@dataclass(slots=True)
class Reading:
    """A report that is being read: its totals grow with the rows that have been."""

    name: str
    scope: Scope
    columns: Sequence[Column]
    figures: Figures = field(default_factory=dict)
    batches: Batches | None = None
    ends: float = math.inf
    """When the time for a JSON answer is over, by the clock of ``time.monotonic``."""
    totals: dict[str, Decimal | int] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        zero = {Kind.MONEY: ZERO, Kind.WHOLE: 0}
        self.totals = {one.name: zero[one.kind] for one in self.columns if one.kind in zero and one.name not in NOT_SUMMED}

    def count(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Add rows to the totals and return them."""
        for column, cells in zip(self.columns, zip(*rows, strict=True), strict=True) if rows else ():
            if column.name in self.totals:  # which only columns are in whose cells are amounts, numbers or nothing
                self.totals[column.name] += sum(filter(None, cast("Iterable[Decimal | int | None]", cells)))
        return rows

    async def counted(self) -> Batches:
        """Return the rows, counted in passing."""
        if self.batches is not None:
            async for batch in self.batches:
                yield self.count(batch)

    def sheet(self) -> Sheet:
        """Return it as a sheet."""
        return Sheet(f"{self.name}-{self.scope.as_of}", self.columns, self.counted(), self.beneath)

    def beneath(self) -> Iterator[Row]:
        """Return the lines under the last row: the totals and the figures."""
        yield [self.totals.get(column.name) if index else "total" for index, column in enumerate(self.columns)]
        for name, figure in self.figures.items():
            yield [name, figure, *[None] * (len(self.columns) - 2)]

    async def report(self, limit: int = MOST_ROWS, skipped: int = 0) -> Report:
        """Read it to its end, so that the totals are of all rows, and return the page behind so many; Invalid where that takes too long."""
        rows: list[Row] = []
        count = 0
        async for batch in self.counted():
            if time.monotonic() > self.ends:
                raise _takes_too_long(self.name)
            rows += batch[max(0, skipped - count) : max(0, skipped + limit - count)]
            count += len(batch)
        return self.shown(rows, skipped, count)

    def shown(self, rows: Sequence[Row], skipped: int, count: int) -> Report:
        """Return a page of it."""
        following = skipped + len(rows)
        return Report(
            report=self.name,
            since=self.scope.since,
            until=self.scope.until,
            as_of=self.scope.as_of,
            group_by=list(self.scope.group_by),
            filters={name: str(wanted) for name, wanted in self.scope.filters.items()},
            columns=[ColumnView.model_validate(column) for column in self.columns],
            rows=[{column.name: plain(cell) for column, cell in zip(self.columns, row, strict=True)} for row in rows],
            first_row=skipped + 1,
            row_count=count,
            next_cursor=write_cursor(ROW_LIST, following) if following < count else None,
            totals={name: plain(total) for name, total in self.totals.items()},
            figures={name: plain(figure) for name, figure in self.figures.items()},
            is_complete=len(rows) == count,
        )


def rows_before(cursor: str | None) -> int:
    """Return how many rows come before the page of a cursor: the rows of a report have one order. Raises Malformed."""
    return max(0, *read_cursor(ROW_LIST, cursor, int)) if cursor is not None else 0


def _reading_of(name: str) -> tuple[Reading, Sequence[Row]]:
    scope, outline, rows, figures = EXAMPLES[name]
    reading = Reading(name, scope, outline.columns, figures)
    return reading, reading.count(rows)


KINDS: Final[dict[type, Kind]] = {
    UUID: Kind.ID,
    int: Kind.WHOLE,
    Decimal: Kind.MONEY,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
    bool: Kind.FLAG,
}

TELEHEALTH: Final = (RECORD.c.modality != Modality.IN_PERSON).label("telehealth")
"""Whether it was by video or audio, as a record states it over HTTP."""

REQUESTED: Final = tuple(
    parameters for column in RECORD.columns for parameters in ((column, TELEHEALTH) if column.name == "modality" else (column,))
)

COLUMNS: Final = tuple(Column(parameters.name, KINDS.get(parameters.type.python_type, Kind.TEXT)) for parameters in REQUESTED)


async def export_records(db: Snapshot, wanted: Wanted) -> Sheet:
    """Return the records that fit as a sheet, the latest date of service first."""
    found = fitting(select(*REQUESTED), wanted).order_by(RECORD.c.service_date.desc(), RECORD.c.id.desc())
    return Sheet("records", COLUMNS, _rows(await begun(db.stream(found))))


async def _rows(batches: Batches) -> Batches:
    async for batch in batches:
        yield [[_cell(value) for value in row] for row in batch]


def _cell(value: Any) -> Cell:  # noqa: ANN401 (whatever a column has)
    """Write flags and diagnoses as their codes; everything else is a cell already."""
    return " ".join(each["code"] if isinstance(each, dict) else each for each in value) if isinstance(value, list) else value


LONGEST_S: Final = 30
"""So long the statements of a report may take together, and with them the reading of all rows for a JSON answer; the front waits longer."""

NOT_SUMMED: Final = {"receivables_after"}
"""Amounts that stand rather than flow."""


async def read(db: Snapshot, name: str, scope: Scope, outline: Outline) -> Reading:
    """Begin to read a report; the figures and the first rows are there when it returns; Invalid where that takes too long."""
    ends = time.monotonic() + LONGEST_S
    try:
        return await _read(db, name, scope, outline, ends)
    except DBAPIError as error:
        if timed_out(error):
            raise _takes_too_long(name) from error
        raise


async def _read(db: Snapshot, name: str, scope: Scope, outline: Outline, ends: float) -> Reading:
    figures: dict[str, Any] = {}
    await _limit(db, ends)
    for row in named(await db.rows(text(outline.figures), scope.parameters)) if outline.figures else ():
        figures |= row
    parameters = {**scope.parameters, **figures}
    if outline.streams:
        [statement] = outline.rows
        await _limit(db, ends)
        batches = await begun(db.stream(text(statement), parameters))
    else:
        tables: list[Sequence[Row]] = []
        for statement in outline.rows:
            await _limit(db, ends)
            tables.append(await db.rows(text(statement), parameters))
        if outline.of_rows is not None:
            figures |= outline.of_rows(figures, [row for table in tables for row in table])
        batches = _all(tables)
    return Reading(name, scope, outline.columns, figures, batches, ends)


async def _limit(db: Snapshot, ends: float) -> None:
    """Let no further statement take longer than what is left of the time."""
    left_ms = min(max(int((ends - time.monotonic()) * 1000), 1), STATEMENT_TIMEOUT_MS)
    await db.scalar(select(func.set_config("statement_timeout", str(left_ms), True)))


def _takes_too_long(name: str) -> DomainError:
    detail = (
        f"The report {name} takes too long: more than {STATEMENT_TIMEOUT_MS // 1000} seconds for one statement or {LONGEST_S} for all. Ask "
        "for a shorter time (from, to) or fewer records (site_id, payer_id and so on) if it takes these, or again when less is going on."
    )
    return Invalid("report-takes-too-long", detail)


async def begun(batches: AsyncIterator[Sequence[Any]]) -> Batches:
    """Read the first batch now, so that what goes wrong is answered as a problem and not by an answer that breaks off."""
    first = await anext(batches, None)

    async def with_the_others() -> Batches:
        if first is not None:
            yield first
            async for batch in batches:
                yield batch

    return with_the_others()


async def _all(batches: Sequence[Sequence[Row]]) -> Batches:
    for batch in batches:
        yield batch
