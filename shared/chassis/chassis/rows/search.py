"""Search by words: every word must occur somewhere, whatever its case, its accents and the punctuation around it.

Numbers that stand beside each other may also be one telephone number, which is kept as its digits.
"""

import re
import unicodedata
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, func, literal_column, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from chassis.text import tidied

MARKS: Final = r"[\u0300-\u036F]"
"""What NFKD separates from a letter: its accents."""
APOSTROPHES: Final = r"['\u2019\u02BC`\u00B4]"
"""Left out within a word, because each keyboard types another one or none."""
SPELLED: Final = {"ß": "ss", "Æ": "ae", "æ": "ae", "Œ": "oe", "œ": "oe", "Ø": "o", "ø": "o", "Ł": "l", "ł": "l", "Đ": "d", "đ": "d"}
"""Letters that NFKD keeps whole, and how they are typed without them; a database may know no lower case of them."""
UMLAUT: Final = re.compile("([aou])e")
"""How an umlaut is typed without its dots; without its accent it is the bare letter."""
LONG: Final = 5
"""In shorter words these two letters are hardly an umlaut."""
BETWEEN: Final = re.compile(r"[\s,;]+")
NUMBER: Final = re.compile(r"[+(]?\d[\d()./+-]*")
"""A telephone number or a part of one, however it is written."""
NUMBERS: Final = re.compile(r"(?<![^\s,;])[+(]*\d(?:[\d()./+\s-]|x(?=\s?\d))*(?![^\s,;])")
"""Numbers beside each other: the groups of a telephone number, with its extension."""
DIALLED: Final = re.compile(r"^(?:(?:\+|00)(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})0?|0|1(?=\d{10}$))")
"""What is dialled before a number: a country's code (ITU-T E.164, list of assigned codes), a zero, or a one in North America."""
TELEPHONE: Final = 7
"""Digits of a telephone number without what is dialled before it; fewer are looked for as they are written."""
SHORT: Final = 3
"""Shorter words are looked for where a word begins: three letters are what a trigram index needs within one."""
ESCAPED: Final = str.maketrans({character: f"\\{character}" for character in "\\%_"})


def folded(text: str, apostrophe: str = "") -> str:
    """Return the text in lower case and without accents; apostrophes are left out."""
    plain = re.sub(MARKS, "", unicodedata.normalize("NFKD", re.sub(APOSTROPHES, apostrophe, text))).lower()
    return plain.translate(str.maketrans(SPELLED))


def words(q: str) -> list[set[str]]:
    """Return the words of a search, tidied as names are and folded, each with what may stand for it.

    A number stands for its digits, ``ue`` for an umlaut, and any apostrophe for a straight one where a column keeps it.
    """
    return [_forms(folded(word)) | _forms(folded(word, "'")) for word in BETWEEN.split(tidied(q)) if word]


def occur(q: str, column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether every word of a search occurs in a column that holds folded text and begins with a blank.

    Instead of numbers beside each other their digits without a gap may occur.
    """
    numbers = [run for run in map(str.strip, NUMBERS.findall(q)) if BETWEEN.search(run)]
    others = NUMBERS.sub(lambda run: " " if run[0].strip() in numbers else run[0], q)
    return and_(_all_occur(others, column), *(or_(column.like(_pattern(_digits(run))), _all_occur(run, column)) for run in numbers))


def foldable(*columns: Any) -> ColumnElement[str]:
    """Return the text of these columns as ``occur`` looks at it, for tables that are too small to keep it."""
    text = func.regexp_replace(func.concat_ws(" ", "", *(cast(column, String) for column in columns)), APOSTROPHES, "", "g")
    plain = func.lower(func.regexp_replace(func.normalize(text, literal_column("NFKD")), MARKS, "", "g"))
    for letter, typed in SPELLED.items():
        plain = func.replace(plain, letter, typed)
    return plain


def _all_occur(q: str, column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return and_(true(), *(or_(*(column.like(_pattern(form)) for form in sorted(forms))) for forms in words(q)))


def _digits(number: str) -> str:
    """Return a number's digits, without what is dialled before it where enough of them are left."""
    called = re.sub(r"[^\d+]", "", number)
    own = re.sub(r"\D", "", DIALLED.sub("", called))
    return own if len(own) >= TELEPHONE else re.sub(r"\D", "", called)


def _forms(word: str) -> set[str]:
    if NUMBER.fullmatch(word):
        return {word, _digits(word)}
    return {word, UMLAUT.sub(r"\1", word)} if len(word) >= LONG else {word}


def _pattern(word: str) -> str:
    start = " " if len(word) < SHORT else ""
    return f"%{start}{word.translate(ESCAPED)}%"
