"""All records as a sheet, with every column that they have, however many they are."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from chassis.database import Snapshot
from contracts.scheduling import Modality
from sqlalchemy import select

from billing.queries import Wanted, fitting
from billing.reports.report import begun
from billing.sheet import Batches, Cell, Column, Kind, Sheet
from billing.store import Record

KINDS: Final[dict[type, Kind]] = {
    UUID: Kind.ID,
    int: Kind.WHOLE,
    Decimal: Kind.MONEY,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
    bool: Kind.FLAG,
}
TELEHEALTH: Final = (Record.modality != Modality.IN_PERSON).label("telehealth")
"""Whether it was by video or audio, as a record says it over HTTP."""
ASKED: Final = tuple(
    asked for column in Record.__table__.columns for asked in ((column, TELEHEALTH) if column.name == "modality" else (column,))
)
COLUMNS: Final = tuple(Column(asked.name, KINDS.get(asked.type.python_type, Kind.TEXT)) for asked in ASKED)


async def export_records(db: Snapshot, wanted: Wanted) -> Sheet:
    """Return the records that fit as a sheet, the latest date of service first."""
    found = fitting(select(*ASKED), wanted).order_by(Record.service_date.desc(), Record.id.desc())
    return Sheet("records", COLUMNS, _rows(await begun(db.stream(found))))


async def _rows(batches: Batches) -> Batches:
    async for batch in batches:
        yield [[_cell(value) for value in row] for row in batch]


def _cell(value: Any) -> Cell:  # noqa: ANN401 (whatever a column has)
    """Write flags and diagnoses as their codes; everything else is a cell already."""
    return " ".join(each["code"] if isinstance(each, dict) else each for each in value) if isinstance(value, list) else value
