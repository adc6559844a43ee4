"""Reads the list of diagnosis codes, and refuses what it does not have."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from chassis.data.database import ReadSession
from chassis.errors import FieldError, Invalid
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import occur
from sqlalchemy import ColumnElement, func, or_, select

from billing.diagnosis_codes import tables, validity
from billing.diagnosis_codes.schemas import DiagnosisCodeView, DiagnosisListView
from billing.diagnosis_codes.tables import MOST_OF_A_CATEGORY, DiagnosisCodeRow
from billing.diagnosis_codes.validity import Listed, Period, Unusable, category_of


async def periods_of(db: ReadSession, codes: Collection[str]) -> Listed:
    """Return when these codes are valid, of those that the list has."""
    return await _periods(db, DiagnosisCodeRow.code.in_(codes))


async def categories_of(db: ReadSession, codes: Collection[str]) -> Listed:
    """Return when the codes of the same categories are valid."""
    categories = sorted({category_of(code) for code in codes})
    return await _periods(db, or_(*(DiagnosisCodeRow.code.startswith(one, autoescape=True) for one in categories)))


async def _periods(db: ReadSession, which: ColumnElement[bool]) -> Listed:
    wanted = select(DiagnosisCodeRow.code, DiagnosisCodeRow.valid_from, DiagnosisCodeRow.valid_until).where(which)
    rows = await db.rows(wanted.order_by(DiagnosisCodeRow.code, DiagnosisCodeRow.valid_from).limit(MOST_OF_A_CATEGORY))
    return {code: [Period(since, until) for _, since, until in found] for code, found in groupby(rows, lambda row: row[0])}


CODES: Final = Keyset(DiagnosisCodeRow.code, DiagnosisCodeRow.valid_from)


async def list_codes(db: ReadSession, q: str | None, valid_on: date | None, limit: int, cursor: str | None) -> Page[DiagnosisCodeView]:
    """Return the codes that fit in their own order; every word occurs in the code or the description."""
    wanted = CODES.after(select(DiagnosisCodeRow), cursor, limit)
    if q:
        wanted = wanted.where(occur(q, DiagnosisCodeRow.search))
    if valid_on is not None:
        wanted = wanted.where(
            DiagnosisCodeRow.valid_from <= valid_on, or_(DiagnosisCodeRow.valid_until.is_(None), DiagnosisCodeRow.valid_until >= valid_on)
        )
    return CODES.page([DiagnosisCodeView.model_validate(row) for row in await db.scalars(wanted)], limit)


async def describe_list(db: ReadSession) -> DiagnosisListView:
    """Return how many codes the list has and from which day on."""
    [(count, first_day)] = await db.rows(select(func.count(DiagnosisCodeRow.code.distinct()), func.min(DiagnosisCodeRow.valid_from)))
    return DiagnosisListView(codes=count, first_day=first_day)


async def unusable_of(db: ReadSession, wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], Unusable]:
    """Return which of these codes the list does not have on their days; none where it is empty or does not cover the day yet."""
    first_day = await tables.first_day(db) if wanted else None
    covered = [(code, day) for code, day in wanted if first_day is not None and day >= first_day]
    if not covered:
        return {}
    listed = await periods_of(db, {code for code, _ in covered})
    refused = [(code, day) for code, day in covered if not validity.is_valid(code, day, listed)]
    if not refused:
        return {}
    listed = {**await categories_of(db, {code for code, _ in refused}), **listed}
    return {(code, day): validity.unusable(code, day, listed) for code, day in refused}


async def require_valid(db: ReadSession, codes: Sequence[str], day: date, *, kept: Collection[str] = ()) -> None:
    """Refuse diagnoses that the list does not have on a day, each with what would work; those that are ``kept`` as they were pass.

    Invalid lists them.
    """
    found = await unusable_of(db, [(code, day) for code in codes if code not in kept])
    if not found:
        return
    errors = [
        FieldError(field=f"diagnoses.{position}", code="diagnosis-not-valid", message=one.message, fix=one.fix)
        for position, code in enumerate(codes)
        if (one := found.get((code, day)))
    ]
    raise Invalid("diagnosis-not-valid", " ".join(one.sentence for one in found.values()), errors)
