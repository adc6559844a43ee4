"""The list of diagnosis codes: importing it, searching it, and refusing what it does not have."""

from datetime import date
from typing import Any, Final

from chassis.data.database import ReadSession, Transaction
from sqlalchemy import TextClause, delete, func, select

from billing.changes import use_cases as changes_use_cases
from billing.diagnosis_codes import tables
from billing.diagnosis_codes.code_sheet import CodeSheet
from billing.diagnosis_codes.queries import describe_list
from billing.diagnosis_codes.schemas import LIST_ID, CodesImported, DiagnosisListView
from billing.diagnosis_codes.tables import COUNT_ABSENT, COUNT_ROWS, END_ABSENT, WRITE_ROWS, DiagnosisCodeRow

ROWS_AT_ONCE: Final = 2_000
"""Rows of one statement: short enough that requests are answered between two of them."""

ONE_WRITER: Final = "diagnosis_code"


async def import_codes(sheet: CodeSheet, complete_from: date | None, by: str, tx: Transaction) -> CodesImported:
    """Merge a sheet into the list, key by key; where it is complete from a day on, codes that it lacks end the day before."""
    await _alone(tx)
    counted = await _in_steps(tx, WRITE_ROWS, sheet, complete_from)
    absent = 0
    if complete_from is not None:
        absent = await tx.execute(END_ABSENT, {"complete_from": complete_from, "codes": sheet.codes})
    done = _imported(sheet, counted, absent)
    changes_use_cases.keep(tx, by, "diagnosis_codes", LIST_ID, after=dict(done) | {"complete_from": complete_from})
    return done


async def check_import(sheet: CodeSheet, complete_from: date | None, db: ReadSession) -> CodesImported:
    """Return what the import of a sheet would do; nothing is written."""
    counted = await _in_steps(db, COUNT_ROWS, sheet, complete_from)
    absent = 0
    if complete_from is not None:
        absent = await db.scalar(COUNT_ABSENT, {"complete_from": complete_from, "codes": sheet.codes})
    return _imported(sheet, counted, absent)


async def remove_list(by: str, tx: Transaction) -> DiagnosisListView:
    """Remove every code: diagnoses are then checked by their form only."""
    await _alone(tx)
    before = await describe_list(tx)
    await tx.execute(delete(DiagnosisCodeRow))
    changes_use_cases.keep(tx, by, "diagnosis_codes", LIST_ID, before=dict(before) if before.codes else None)
    return DiagnosisListView(codes=0, first_day=None)


async def _alone(tx: Transaction) -> None:
    """Wait until nobody else writes the list."""
    await tx.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(ONE_WRITER, 0))))


async def _in_steps(db: ReadSession, statement: TextClause, sheet: CodeSheet, complete_from: date | None) -> dict[str, int]:
    await tables.compile_nothing(db)
    counted = {"added": 0, "changed": 0, "ended": 0}
    for start in range(0, len(sheet), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        given: dict[str, Any] = {
            "codes": sheet.codes[part],
            "first_code": sheet.codes[start],
            "last_code": sheet.codes[part][-1],
            "descriptions": sheet.descriptions[part],
            "valid_from": sheet.valid_from[part],
            "valid_until": sheet.valid_until[part],
            "complete_from": complete_from,
        }
        [row] = await db.rows(statement, given)
        for name in counted:
            counted[name] += getattr(row, name)
    return counted


def _imported(sheet: CodeSheet, counted: dict[str, int], absent: int) -> CodesImported:
    unchanged = len(sheet) - counted["added"] - counted["changed"]
    ended = counted["ended"] + absent
    return CodesImported(rows=len(sheet), added=counted["added"], changed=counted["changed"], unchanged=unchanged, ended=ended)
