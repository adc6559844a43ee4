"""Reports: what a clinic's books say about a time as of a day, as rows, totals and figures that tie to the ledger.

A report as of a day counts every posting up to the end of that day, in the network's time zone, so that it comes out the same
whenever it is asked for.
"""

import math
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from chassis.database import STATEMENT_TIMEOUT_MS, Snapshot, timed_out
from chassis.edge import View, read_cursor, write_cursor
from chassis.problems import Problem, refused
from contracts.types import Day
from pydantic import StrictBool, StrictInt
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from billing.pricing import ZERO
from billing.reports.scope import Figures, Filter, GroupBy, Outline, Scope
from billing.sheet import Batches, Column, Kind, Row, Sheet, plain

MOST_ROWS: Final = 10_000
"""The longest page of a JSON answer; CSV and XLSX have all rows."""
LONGEST_S: Final = 30
"""So long the statements of a report may take together, and with them the reading of all rows for a JSON answer; the front waits longer."""
SUMMABLE: Final = (Decimal, int)
NOT_SUMMED: Final = {"receivables_after"}
"""Amounts that stand rather than flow."""

Shown = str | StrictInt | StrictBool | None


class ColumnView(View):
    """A column of a report, in the order in which CSV and XLSX have them."""

    name: str
    kind: Kind


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
        summed = [(index, column.name) for index, column in enumerate(self.columns) if column.name in self.totals]
        for index, name in summed:
            self.totals[name] += sum(cell for row in rows if isinstance(cell := row[index], SUMMABLE))
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

    async def report(self, limit: int = MOST_ROWS, cursor: str | None = None) -> Report:
        """Read it to its end, so that the totals are of all rows, and return one page of it.

        The rows of a report have one order, so a page is found by how many rows come before it.
        """
        skipped = max(0, *read_cursor(cursor, int)) if cursor is not None else 0
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
            next_cursor=write_cursor(following) if following < count else None,
            totals={name: plain(total) for name, total in self.totals.items()},
            figures={name: plain(figure) for name, figure in self.figures.items()},
            is_complete=len(rows) == count,
        )


async def read(db: Snapshot, name: str, scope: Scope, outline: Outline) -> Reading:
    """Begin to read a report; the figures and the first rows are there when it returns. Refused (422) where that takes too long."""
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
    for row in await db.rows(text(outline.figures), scope.parameters) if outline.figures else ():
        figures |= row._mapping  # noqa: SLF001 (SQLAlchemy's public name for it)
    asked = {**scope.parameters, **figures}
    if outline.streams:
        [statement] = outline.rows
        await _limit(db, ends)
        batches = await begun(db.stream(text(statement), asked))
    else:
        tables: list[Sequence[Row]] = []
        for statement in outline.rows:
            await _limit(db, ends)
            tables.append(await db.rows(text(statement), asked))
        batches = _all(tables)
    return Reading(name, scope, outline.columns, figures, batches, ends)


async def _limit(db: Snapshot, ends: float) -> None:
    """Let no further statement take longer than what is left of the time."""
    left_ms = min(max(int((ends - time.monotonic()) * 1000), 1), STATEMENT_TIMEOUT_MS)
    await db.scalar(select(func.set_config("statement_timeout", str(left_ms), True)))


def _takes_too_long(name: str) -> Problem:
    detail = (
        f"The report {name} takes too long: more than {STATEMENT_TIMEOUT_MS // 1000} seconds for one statement or {LONGEST_S} for all. Ask "
        "for a shorter time (from, to) or fewer records (site_id, payer_id and so on), or again when less is going on."
    )
    return refused("report-takes-too-long", detail)


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
