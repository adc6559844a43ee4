"""The statements that a service sends while it reads, to run them again by themselves or to look at their plans."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from chassis.data.database import Database
from sqlalchemy import event

Statement = tuple[str, tuple[Any, ...]]
"""As the driver gets it, with its parameters."""


@contextmanager
def statements_of(database: Database) -> Iterator[list[Statement]]:
    """Return a list that fills with the reading statements of a service within the block."""
    engine = database._reading.sync_engine  # noqa: SLF001 (no service needs this)
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:  # noqa: ANN401 (SQLAlchemy's hook)
        found.append((statement, tuple(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plan_of(connection: asyncpg.Connection, statement: Statement, *, analyze: bool = False) -> dict[str, Any]:
    """Return the plan of a statement as PostgreSQL explains it; with the pages it touches when it is run for that."""
    how = "ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON" if analyze else "FORMAT JSON"
    sql, parameters = statement
    return json.loads(str(await connection.fetchval(f"EXPLAIN ({how}) {sql}", *parameters)))[0]["Plan"]


def pages_of(plan: dict[str, Any]) -> int:
    """Return how many pages a plan touched when it was run, in memory or not."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def scanned_whole(plan: dict[str, Any]) -> set[str]:
    """Return the tables that a plan reads from one end to the other."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
