"""The table of diagnosis codes, and the set-based statements that write it."""

from datetime import date
from typing import Final

from chassis.data.database import ReadSession
from sqlalchemy import CheckConstraint, FetchedValue, Index, Text, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table

MOST_OF_A_CATEGORY: Final = 5_000
"""The largest category of ICD-10-CM, S52, has some 3,000 codes."""


class DiagnosisCodeRow(Table):
    """A code of ICD-10-CM in one period in which it is valid."""

    __tablename__ = "diagnosis_code"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="diagnosis_code_lasts"),
        Index("diagnosis_code_valid_from", "valid_from"),
        Index("diagnosis_code_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_until: Mapped[date | None]
    description: Mapped[str]
    search: Mapped[str] = mapped_column(FetchedValue(), init=False, deferred=True)
    """What it is found by: the code with and without its dot, and the description, folded."""


# Rows of a sheet without a beginning: the one of the period that runs on the day from which the sheet is complete, otherwise that day.
RESOLVED: Final = """
    resolved AS (
        SELECT given.code, given.description, given.valid_until,
            coalesce(given.valid_from, running.valid_from, CAST(:complete_from AS date)) AS valid_from
        FROM unnest(
            CAST(:codes AS text[]), CAST(:descriptions AS text[]), CAST(:valid_from AS date[]), CAST(:valid_until AS date[])
        ) AS given (code, description, valid_from, valid_until)
        LEFT JOIN LATERAL (
            SELECT max(listed.valid_from) AS valid_from FROM diagnosis_code AS listed
            WHERE listed.code = given.code AND listed.valid_from <= CAST(:complete_from AS date)
                AND coalesce(listed.valid_until, 'infinity') >= CAST(:complete_from AS date)
        ) AS running ON given.valid_from IS NULL
    )
"""

# Periods of the list that run when a later one of the same code begins; rows come in the order of their codes, so few have to be looked at.
OUTRUN: Final = """
    listed.code BETWEEN :first_code AND :last_code AND EXISTS (
        SELECT FROM resolved WHERE resolved.code = listed.code AND resolved.valid_from > listed.valid_from
            AND resolved.valid_from <= coalesce(listed.valid_until, 'infinity')
    )
    AND NOT EXISTS (SELECT FROM resolved WHERE resolved.code = listed.code AND resolved.valid_from = listed.valid_from)
"""

COUNT_ROWS: Final = text(f"""
    WITH {RESOLVED}
    SELECT count(*) FILTER (WHERE listed.code IS NULL) AS added,
        count(*) FILTER (
            WHERE listed.code IS NOT NULL
                AND (listed.description, listed.valid_until) IS DISTINCT FROM (resolved.description, resolved.valid_until)
        ) AS changed,
        (SELECT count(*) FROM diagnosis_code AS listed WHERE {OUTRUN}) AS ended
    FROM resolved LEFT JOIN diagnosis_code AS listed ON listed.code = resolved.code AND listed.valid_from = resolved.valid_from
""")  # noqa: S608 (texts of ours)

WRITE_ROWS: Final = text(f"""
    WITH {RESOLVED},
    ended AS (
        UPDATE diagnosis_code AS listed SET valid_until = (
            SELECT min(resolved.valid_from) - 1 FROM resolved WHERE resolved.code = listed.code AND resolved.valid_from > listed.valid_from
        )
        WHERE {OUTRUN} RETURNING 1
    ),
    written AS (
        INSERT INTO diagnosis_code AS listed (code, valid_from, valid_until, description)
        SELECT code, valid_from, valid_until, description FROM resolved
        ON CONFLICT (code, valid_from) DO UPDATE SET valid_until = excluded.valid_until, description = excluded.description
        WHERE (listed.description, listed.valid_until) IS DISTINCT FROM (excluded.description, excluded.valid_until)
        RETURNING xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed, (SELECT count(*) FROM ended) AS ended
    FROM written
""")  # noqa: S608 (texts of ours)

ABSENT: Final = """
    listed.valid_from < CAST(:complete_from AS date) AND coalesce(listed.valid_until, 'infinity') >= CAST(:complete_from AS date)
    AND NOT EXISTS (SELECT FROM unnest(CAST(:codes AS text[])) AS given (code) WHERE given.code = listed.code)
"""

COUNT_ABSENT: Final = text(f"SELECT count(*) FROM diagnosis_code AS listed WHERE {ABSENT}")  # noqa: S608 (texts of ours)

END_ABSENT: Final = text(
    f"UPDATE diagnosis_code AS listed SET valid_until = CAST(:complete_from AS date) - 1 WHERE {ABSENT}"  # noqa: S608 (texts of ours)
)


async def compile_nothing(db: ReadSession) -> None:
    """Run the statements of this transaction without compiling them, which would take longer than each of them does."""
    await db.scalar(select(func.set_config("jit", "off", True)))


async def first_day(db: ReadSession) -> date | None:
    """Return the first day that the list covers; None where it is empty."""
    return await db.scalar(select(func.min(DiagnosisCodeRow.valid_from)))
