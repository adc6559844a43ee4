"""Many rows by one statement, given as one JSON value that PostgreSQL turns into rows: one execution, however many rows and columns."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql

from chassis.data.database import Transaction

DIALECT: Final = postgresql.dialect()
KEY: Final = "id"


def insert_rows(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, which all have the same columns; no column may hold bytes."""
    if rows:
        tx.write(_inserting(table, tuple(rows[0])), {"rows": to_json(rows).decode()})


def update_rows(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, each found by its ``id``, in the other columns that are given, which are the same of all; none may hold bytes."""
    if rows:
        tx.write(_updating(table, tuple(rows[0])), {"rows": to_json(rows).decode()})


@cache
def _inserting(table: Table, names: tuple[str, ...]) -> TextClause:
    columns = ", ".join(map(_quoted, names))
    return text(f"INSERT INTO {_quoted(table.name)} ({columns}) SELECT {columns} FROM {_given(table, names)}")  # noqa: S608 (our names)


@cache
def _updating(table: Table, names: tuple[str, ...]) -> TextClause:
    changes = ", ".join(f"{_quoted(name)} = given.{_quoted(name)}" for name in names if name != KEY)
    name = _quoted(table.name)
    return text(f"UPDATE {name} SET {changes} FROM {_given(table, names)} WHERE {name}.{KEY} = given.{KEY}")  # noqa: S608 (our names)


def _given(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f"{_quoted(name)} {table.c[name].type.compile(DIALECT)}" for name in names)
    return f"json_to_recordset(CAST(:rows AS json)) AS given ({columns})"


def _quoted(name: str) -> str:
    return str(DIALECT.identifier_preparer.quote(name))
