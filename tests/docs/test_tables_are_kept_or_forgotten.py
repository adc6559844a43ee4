"""The operations page states of every table how long its rows are kept."""

import re
from pathlib import Path

import asyncpg
import pytest
from servers.rights import EVERY_SERVICE
from testing import MakeDatabase

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


@pytest.mark.parametrize("service", EVERY_SERVICE)
async def test_every_table_is_named_with_how_long_it_is_kept(make_database: MakeDatabase, service: str) -> None:
    section = PAGE.read_text().split("## What is kept, and for how long")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    about = [row for row in rows if not re.match(rf"\| (?!{service}|every service)(catalog|rooms|scheduling|billing|identity):", row)]
    named = {name for row in about for name in re.findall(r"`([a-z_]+)`", row)}
    connection = await asyncpg.connect((await make_database(service)).replace("+asyncpg", "", 1))
    try:
        tables = {row["tablename"] for row in await connection.fetch(TABLES)}
    finally:
        await connection.close()
    assert tables - named == set(), "say in docs/operations.md how long its rows are kept"
