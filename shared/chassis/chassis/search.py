"""Search by words: every word must occur somewhere, whatever its case, its accents and the punctuation around it."""

import re
import unicodedata
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, func, literal_column, or_, true
from sqlalchemy.orm import InstrumentedAttribute

MARKS: Final = r"[\u0300-\u036F]"
"""What NFKD sets apart from a letter: its accents."""
BETWEEN: Final = re.compile(r"[\s,;]+")
NUMBER: Final = re.compile(r"[+(]?\d[\d()./+-]*")
"""A telephone number or a part of one, however it is written."""
SHORT: Final = 3
"""Shorter words are looked for where a word begins: three letters are what a trigram index needs within one."""
ESCAPED: Final = str.maketrans({character: f"\\{character}" for character in "\\%_"})


def folded(text: str) -> str:
    """Return the text in lower case and without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)).lower()


def words(q: str) -> list[set[str]]:
    """Return the words of a search, folded, each with what may stand for it: a number is also its digits."""
    found = [folded(word) for word in BETWEEN.split(q) if word]
    return [{word, re.sub(r"\D", "", word)} if NUMBER.fullmatch(word) else {word} for word in found]


def occur(q: str, column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether every word of a search occurs in a column that holds folded text and begins with a blank."""
    return and_(true(), *(or_(*(column.like(_pattern(form)) for form in sorted(forms))) for forms in words(q)))


def foldable(*columns: Any) -> ColumnElement[str]:
    """Return the text of these columns as ``occur`` looks at it, for tables that are too small to keep it."""
    text = func.concat_ws(" ", "", *(cast(column, String) for column in columns))
    return func.lower(func.regexp_replace(func.normalize(text, literal_column("NFKD")), MARKS, "", "g"))


def _pattern(word: str) -> str:
    start = " " if len(word) < SHORT else ""
    return f"%{start}{word.translate(ESCAPED)}%"
