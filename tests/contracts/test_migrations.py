"""The tables that the code knows are the tables that the migrations make, and the release before works with them."""

import asyncio
import sys
from typing import NamedTuple

import asyncpg
import pytest
from support import MakeDatabase
from support.databases import ROOT, Databases
from support.running import SERVICES

ALEMBIC_S = 60
RELEASED = {"catalog": "0001", "rooms": "0003", "scheduling": "0004", "billing": "0007"}
"""The last revision of the release before. Its processes run beside the new schema until each of them is replaced."""
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable = 'YES' AS is_nullable,
        is_nullable = 'YES' OR column_default IS NOT NULL OR is_generated = 'ALWAYS' OR is_identity = 'YES' AS is_optional
    FROM information_schema.columns WHERE table_schema = 'public'
"""


class Column(NamedTuple):
    """What a statement may expect of a column."""

    type: str
    is_nullable: bool
    is_optional: bool
    """An INSERT may leave it out."""

    def does_for(self, before: "Column") -> bool:
        """Whether every statement about the column before does with this one."""
        return self.type == before.type and self.is_nullable >= before.is_nullable and self.is_optional >= before.is_optional


@pytest.mark.parametrize("service", SERVICES)
async def test_models_and_migrations_agree(service: str, make_database: MakeDatabase) -> None:
    url = await make_database(service)
    assert await alembic(service, url, "check") == ""


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_can_be_repeated(service: str, make_database: MakeDatabase) -> None:
    url = await make_database(service)
    assert await alembic(service, url, "upgrade", "head") == ""


@pytest.mark.parametrize("service", RELEASED)
async def test_the_statements_of_the_release_before_do_with_the_new_schema(service: str, databases: Databases) -> None:
    url = await databases.copy()
    try:
        assert await alembic(service, url, "upgrade", RELEASED[service]) == ""
        before = await columns(url)
        assert await alembic(service, url, "upgrade", "head") == ""
        after = await columns(url)
    finally:
        await databases.drop(url)
    assert {name for name, column in before.items() if name not in after or not after[name].does_for(column)} == set()
    tables = {table for table, _ in before}
    assert {name for name in after.keys() - before.keys() if name[0] in tables and not after[name].is_optional} == set()


@pytest.mark.parametrize("service", sorted(RELEASED.keys() - {"billing"}))
def test_no_index_that_is_new_since_the_release_before_is_built_under_the_lock_of_its_table(service: str) -> None:
    revisions = sorted((ROOT / "services" / service / "migrations" / "versions").glob("*.py"))
    new = [revision for revision in revisions if revision.name.partition("_")[0] > RELEASED[service]]
    assert [revision.name for revision in new if "CREATE INDEX" in revision.read_text()] == []


async def columns(url: str) -> dict[tuple[str, str], Column]:
    """Return every column by the names of its table and itself."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return {(table, name): Column(*facts) for table, name, *facts in await connection.fetch(COLUMNS)}
    finally:
        await connection.close()


async def alembic(service: str, url: str, *arguments: str) -> str:
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "-c", str(ROOT / "services" / service / "alembic.ini"), *arguments),
        env={"HOLDFAST_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(ALEMBIC_S):
        said, _ = await run.communicate()
    return said.decode() if run.returncode else ""
