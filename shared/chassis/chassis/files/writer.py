"""Sheets: a table defined once, written as CSV or XLSX a batch of rows at a time, however many there are.

No cell is ever a formula: in CSV by `cells`; in XLSX every cell has its type.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Final

from chassis.files.cells import lines
from chassis.files.columns import Row, Sheet
from chassis.files.threads import in_turn
from chassis.files.workbook import Workbook

INCOMPLETE: Final = "This file is incomplete: the service could not read the rest. Export it again."


async def to_csv(sheet: Sheet) -> AsyncIterator[bytes]:
    """Write a sheet as CSV; one that breaks off has a note in its last line, since some proxies end it as if it were whole."""
    yield _encoded([[column.name for column in sheet.columns]])
    try:
        async for batch in sheet.batches:
            yield await in_turn(_encoded, batch)
    except Exception:
        yield _encoded([[INCOMPLETE]])
        raise
    yield _encoded(sheet.beneath())


async def to_xlsx(sheet: Sheet) -> AsyncIterator[bytes]:
    """Write a sheet as XLSX; one that breaks off has no end and cannot be opened."""
    workbook = Workbook(sheet.name, sheet.columns)
    try:
        yield workbook.taken()
        async for batch in sheet.batches:
            yield await in_turn(workbook.write, batch)
        yield await in_turn(workbook.finish, sheet.beneath())
    finally:
        workbook.let_go()


def _encoded(rows: Iterable[Row]) -> bytes:
    return lines(rows).encode()
