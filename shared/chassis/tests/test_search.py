"""A search finds a name however its apostrophes, accents and umlauts are typed, in Python and in the database alike."""

import pytest
from chassis.data.database import Database
from chassis.rows.search import foldable, occur
from sqlalchemy import String, column, literal, select

NAMES = ("Siobhán O\u2019Brien", "Siobhan O'Brien", "Renée D'Angelo", "Straße Größe", "Müller-Łukasz", "İpek Ørsted", "Sue Ray")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("o'brien", {0, 1}),
        ("obrien", {0, 1}),
        ("O\u2019BRIEN siob", {0, 1}),
        ("d\u00b4angelo", {2}),
        ("dangelo renee", {2}),
        ("strasse groesse", {3}),
        ("STRASSE grosse", {3}),
        ("mueller", {4}),
        ("lukasz muller", {4}),
        ("orsted ipek", {5}),
        ("sue", {6}),
        ("su'e", {6}),
        ("brien o%", set()),
    ],
)
async def test_a_name_is_found_however_it_is_typed(database: Database, q: str, found: set[int]) -> None:
    async with database.reading() as db:
        hits = {number for number, name in enumerate(NAMES) if await db.scalar(select(occur(q, foldable(literal(name, String)))))}
    assert hits == found


async def test_a_column_that_keeps_its_apostrophes_is_searched_with_any(database: Database) -> None:
    kept = select(literal(" alzheimer's disease", String).label("search")).subquery()
    async with database.reading() as db:
        for q in ("alzheimer's", "Alzheimer\u2019s disease", "alzheimer"):
            assert await db.scalar(select(occur(q, column("search"))).select_from(kept)), q


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("90837 45", {0}),
        ("45 90837", {0}),
        ("90837 45min", {0}),
        ("+1 90837", {1}),
        ("207 555 0163", {2}),
        ("dana 20 75 55 01 63", {2}),
        ("207 - 555 - 0163 dana", {2}),
        ("207 555 0164", set()),
    ],
)
async def test_numbers_beside_each_other_are_found_apart_and_as_one(database: Database, q: str, found: set[int]) -> None:
    texts = ("90837 Psychotherapy 45min", "90837 Group +1", "Dana 2075550163")
    async with database.reading() as db:
        hits = {number for number, text in enumerate(texts) if await db.scalar(select(occur(q, foldable(literal(text, String)))))}
    assert hits == found
