"""The list of diagnosis codes: importing it, searching it, and refusing what it does not have."""

from collections.abc import Collection, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Page, View, page, read_cursor
from chassis.problems import FieldError, Problem
from chassis.search import occur
from contracts.types import Day, Whole
from pydantic import ConfigDict
from sqlalchemy import TextClause, delete, func, or_, select, tuple_

from billing import changes, diagnoses, diagnosis_store
from billing.diagnoses import Unusable
from billing.diagnosis_sheet import CodeSheet
from billing.diagnosis_store import COUNT_ABSENT, COUNT_ROWS, END_ABSENT, WRITE_ROWS, DiagnosisCodeRow

LIST_ID: Final = UUID(int=0)
"""What changes of the one list are kept under."""
ROWS_AT_ONCE: Final = 2_000
"""Rows of one statement: short enough that requests are answered between two of them."""
ONE_WRITER: Final = "diagnosis_code"


class DiagnosisCodeView(View):
    """A code in one period in which it is valid."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "F41.1", "description": "Generalized anxiety disorder", "valid_from": "2015-10-01", "valid_until": None}]
        }
    )

    code: str
    description: str
    valid_from: Day
    valid_until: Day | None
    """The last day on which it is valid; None while no end is known."""


class DiagnosisListView(View):
    """How large the list is; an empty one checks nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": 74719, "first_day": "2015-10-01"}]})

    codes: Whole
    first_day: Day | None
    """The first day that the list covers; diagnoses of sessions before it are checked by their form only."""


class CodesImported(View):
    """What an import does to the list."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": 74719, "added": 487, "changed": 38, "unchanged": 74194, "ended": 28}]}
    )

    rows: Whole
    added: Whole
    """Periods that the list did not have."""
    changed: Whole
    """Periods whose description or end is another one now."""
    unchanged: Whole
    ended: Whole
    """Periods that end because a later one of the code begins or because a complete sheet lacks the code."""


async def list_codes(db: ReadSession, q: str | None, valid_on: date | None, limit: int, cursor: str | None) -> Page[DiagnosisCodeView]:
    """Return the codes that fit in their own order; every word occurs in the code or the description."""
    position = (DiagnosisCodeRow.code, DiagnosisCodeRow.valid_from)
    wanted = select(DiagnosisCodeRow).order_by(*position).limit(limit + 1)
    if q:
        wanted = wanted.where(occur(q, DiagnosisCodeRow.search))
    if valid_on is not None:
        wanted = wanted.where(
            DiagnosisCodeRow.valid_from <= valid_on, or_(DiagnosisCodeRow.valid_until.is_(None), DiagnosisCodeRow.valid_until >= valid_on)
        )
    if cursor is not None:
        wanted = wanted.where(tuple_(*position) > tuple_(*read_cursor(cursor, str, date)))
    found = [DiagnosisCodeView.model_validate(row) for row in await db.scalars(wanted)]
    return page(found, limit, lambda code: (code.code, code.valid_from))


async def describe_list(db: ReadSession) -> DiagnosisListView:
    """Return how many codes the list has and from which day on."""
    [(count, first_day)] = await db.rows(select(func.count(DiagnosisCodeRow.code.distinct()), func.min(DiagnosisCodeRow.valid_from)))
    return DiagnosisListView(codes=count, first_day=first_day)


async def import_codes(sheet: CodeSheet, complete_from: date | None, by: str, tx: Transaction) -> CodesImported:
    """Merge a sheet into the list, key by key; where it is complete from a day on, codes that it lacks end the day before."""
    await _alone(tx)
    counted = await _in_steps(tx, WRITE_ROWS, sheet, complete_from)
    absent = 0
    if complete_from is not None:
        absent = await tx.execute(END_ABSENT, {"complete_from": complete_from, "codes": sheet.codes})
    done = _imported(sheet, counted, absent)
    changes.keep(tx, by, "diagnosis_codes", LIST_ID, after=dict(done) | {"complete_from": complete_from})
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
    changes.keep(tx, by, "diagnosis_codes", LIST_ID, before=dict(before) if before.codes else None)
    return DiagnosisListView(codes=0, first_day=None)


async def unusable_of(db: ReadSession, wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], Unusable]:
    """Return which of these codes the list does not have on their days; none where it is empty or does not cover the day yet."""
    first_day = await diagnosis_store.first_day(db) if wanted else None
    covered = [(code, day) for code, day in wanted if first_day is not None and day >= first_day]
    if not covered:
        return {}
    listed = await diagnosis_store.periods_of(db, {code for code, _ in covered})
    refused = [(code, day) for code, day in covered if not diagnoses.is_valid(code, day, listed)]
    if not refused:
        return {}
    listed = {**await diagnosis_store.categories_of(db, {code for code, _ in refused}), **listed}
    return {(code, day): diagnoses.unusable(code, day, listed) for code, day in refused}


async def require_valid(db: ReadSession, codes: Sequence[str], day: date, *, kept: Collection[str] = ()) -> None:
    """Refuse diagnoses that the list does not have on a day, each with what would work; those that are ``kept`` as they were pass."""
    found = await unusable_of(db, [(code, day) for code in codes if code not in kept])
    if not found:
        return
    errors = [
        FieldError(field=f"diagnoses.{position}", code="diagnosis-not-valid", message=one.message, fix=one.fix)
        for position, code in enumerate(codes)
        if (one := found.get((code, day)))
    ]
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "diagnosis-not-valid", " ".join(one.sentence for one in found.values()), errors)


async def _alone(tx: Transaction) -> None:
    """Wait until nobody else writes the list."""
    await tx.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(ONE_WRITER, 0))))


async def _in_steps(db: ReadSession, statement: TextClause, sheet: CodeSheet, complete_from: date | None) -> dict[str, int]:
    await diagnosis_store.compile_nothing(db)
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
