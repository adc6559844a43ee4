"""Rows for any schema: read from PostgreSQL's own catalog, so that a revision's tables can be filled without the code that uses them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any, Final
from uuid import UUID

import asyncpg

Row = Mapping[str, Any]
Values = Mapping[str, Sequence[Row]]
"""By table the rows of one round: columns whose value is not just any of its type; ``since`` is the first revision that takes the row.

A pair of a table and a column stands for the value that this round wrote there.
"""

FIRST_DAY: Final = datetime(2030, 1, 1, 8, tzinfo=UTC)
ROUND: Final = timedelta(days=60)
"""Rows of two rounds share no time."""

COLUMNS: Final = """
    SELECT c.relname, a.attname, t.typname, greatest(a.atttypmod - 4, 0), a.attnum
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
        AND a.attidentity = '' AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum
"""
KEYS: Final = """
    SELECT n.conrelid::regclass::text, n.confrelid::regclass::text,
        array_agg(a.attname::text ORDER BY k.place), array_agg(f.attname::text ORDER BY k.place)
    FROM pg_constraint n, unnest(n.conkey, n.confkey) WITH ORDINALITY AS k (ours, theirs, place)
    JOIN pg_attribute a ON true JOIN pg_attribute f ON true
    WHERE n.contype = 'f' AND a.attrelid = n.conrelid AND a.attnum = k.ours AND f.attrelid = n.confrelid AND f.attnum = k.theirs
    GROUP BY n.oid ORDER BY n.conname
"""
PRIMARY: Final = """
    SELECT n.conrelid::regclass::text, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_constraint n JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = ANY (n.conkey)
    WHERE n.contype = 'p' AND n.connamespace = 'public'::regnamespace AND n.conrelid::regclass::text <> 'alembic_version'
    GROUP BY n.conrelid
"""

Content = dict[str, dict[str, dict[str, Any]]]
"""By table and primary key, what is in each row."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A foreign key."""

    table: str
    target: str
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]


async def write_rows(connection: asyncpg.Connection, round_: int, revision: str, values: Values) -> None:
    """Write a row, or those of ``values``, into every table; no two rounds share a key or a time."""
    columns: dict[str, list[tuple[str, str, int, int]]] = {}
    for table, *column in await connection.fetch(COLUMNS):
        columns.setdefault(table, []).append(tuple(column))
    keys = [_Key(table, target, tuple(own), tuple(theirs)) for table, target, own, theirs in await connection.fetch(KEYS)]
    needed = {table: {key.target for key in keys if key.table == table and key.target != table} for table in columns}
    for table in needed.keys() & values.keys():
        needed[table] |= {value[0] for row in values[table] for value in row.values() if isinstance(value, tuple)} & columns.keys() - {
            table
        }
    order = TopologicalSorter(needed)
    written: dict[str, dict[str, Any]] = {}
    async with connection.transaction():
        for table in order.static_order():
            for place, row in enumerate(values.get(table, [{}])):
                if row.get("since", revision) > revision:
                    continue
                made = {name: _value(name, kind, size, round_, position + 100 * place) for name, kind, size, position in columns[table]}
                for key in keys:
                    if key.table == table:
                        # A row is of no other row of its own table, as the first one is.
                        found = written.get(key.target, {}) if key.target != table else {}
                        made |= {own: found.get(theirs) for own, theirs in zip(key.columns, key.target_columns, strict=True)}
                for name in row.keys() & made.keys():
                    value = row[name]
                    made[name] = written.get(value[0], {}).get(value[1]) if isinstance(value, tuple) else value
                names = ", ".join(f'"{name}"' for name in made)
                await connection.execute(
                    f'INSERT INTO "{table}" ({names}) SELECT {names} FROM jsonb_populate_record(NULL::public."{table}", $1::jsonb)',  # noqa: S608
                    json.dumps(made),
                )
                if place == 0:
                    written[table] = made


async def content(connection: asyncpg.Connection) -> Content:
    """Return every row of every table."""
    found: Content = {}
    for table, primary in await connection.fetch(PRIMARY):
        rows = [json.loads(row) for (row,) in await connection.fetch(f"SELECT to_jsonb(t) FROM {table} t")]  # noqa: S608 (its catalog's name)
        found[table] = {" ".join(str(row[name]) for name in primary): row for row in rows}
    return found


def differences(before: Content, after: Content) -> set[str]:
    """Return the tables that lost rows, as ``- table``, and the columns with other values than before; new columns and rows are none."""
    found: set[str] = set()
    for table in before.keys() & after.keys():
        for key, row in before[table].items():
            now = after[table].get(key)
            found |= {f"- {table}"} if now is None else {f"{table}.{name}" for name in row.keys() & now.keys() if row[name] != now[name]}
    return found


def _value(name: str, kind: str, size: int, round_: int, position: int) -> object:
    """Return a value of a type; of two moments or ids of a row the later column has the greater one."""
    moment = FIRST_DAY + ROUND * round_ + timedelta(hours=position)
    words = f"{name} {round_} {position}"
    found: object = {
        "uuid": str(UUID(int=(round_ << 32) | position)),
        "text": words,
        "varchar": words[-size:],
        "bool": False,
        "numeric": 0,
        "int2": round_,
        "int4": round_,
        "int8": round_,
        "date": moment.date().isoformat(),
        "timestamptz": moment.isoformat(),
        "jsonb": {},
        "bytea": "\\x00",
        "tstzmultirange": "{}",
    }.get(kind, [] if kind.startswith("_") else None)
    if found is None:
        message = f"there is no value for the type {kind} of {name} yet"
        raise NotImplementedError(message)
    return found
