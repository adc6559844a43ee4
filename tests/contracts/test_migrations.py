"""The schema that the migrations make is the one that the models declare, and the release before works with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from chassis.data import tables
from chassis.data.migrations import read_beyond
from schema import lint
from schema.previous import previous_release
from schema.revisions import Rendered
from servers.rights import EVERY_SERVICE
from sqlalchemy import MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine
from support.repository import ROOT
from support.revisions import Revisions
from support.schema import different, inventory
from testing import MakeDatabase
from testing.databases import Databases
from testing.rules import Package
from testing.rules.revisions import revisions_are_numbered_in_their_order

MIGRATION_S: Final = 300
RELEASED: Final = previous_release().heads
COLUMNS: Final = """
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


@pytest.mark.parametrize("service", EVERY_SERVICE)
async def test_the_schema_is_what_the_models_declare_and_what_is_listed_beyond_them(
    service: str, make_database: MakeDatabase, databases: Databases
) -> None:
    migrated, declared = await make_database(service), await databases.copy()
    try:
        found = await objects(migrated)
        extensions = [name.partition(" ")[2] for name in found if name.startswith("extension ")]
        await create(declared, extensions, tables.metadata, metadata_of(service))
        wanted = await objects(declared)
    finally:
        await databases.drop(declared)
    listed = read_beyond(ROOT / "services" / service / "migrations" / "schema.toml").keys()
    kept = tuple(name.removeprefix("table ") for name in listed if name.startswith("table "))
    assert {name for name in different(found, wanted) if not belongs_to(name, kept)} | {
        f"extension {name}" for name in extensions
    } == listed


@pytest.mark.parametrize("service", EVERY_SERVICE)
async def test_alembic_finds_nothing_to_migrate_and_repeats_nothing(service: str, make_database: MakeDatabase) -> None:
    url = await make_database(service)
    await Revisions(service).check(url)
    await Revisions(service).go(url)


@pytest.mark.parametrize("service", RELEASED)
async def test_the_statements_of_the_release_before_do_with_the_new_schema(
    service: str, databases: Databases, make_database: MakeDatabase
) -> None:
    url = await databases.copy()
    try:
        await Revisions(service).go(url, RELEASED[service])
        before = await columns(url)
    finally:
        await databases.drop(url)
    after = await columns(await make_database(service))
    assert {name for name, column in before.items() if name not in after or not after[name].does_for(column)} == set()
    known = {table for table, _ in before}
    assert {name for name in after.keys() - before.keys() if name[0] in known and not after[name].is_optional} == set()


def test_only_the_revisions_after_the_release_before_are_looked_at_whatever_their_ids_are() -> None:
    revisions = [Rendered("rooms", number, Path("x.py"), "") for number in ("0007", "0008", "00ab", "0009")]
    assert lint.since("0008", revisions) == revisions[2:]


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_a_revision_that_is_begun_passes_the_lint_and_is_numbered(service: str, tmp_path: Path) -> None:
    migrations = tmp_path / "migrations"
    shutil.copytree(ROOT / "services" / service / "migrations", migrations, ignore=shutil.ignore_patterns("__pycache__"))
    package = Package(tmp_path / service)
    number = f"{len(package.revisions) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(migrations))
    command.revision(config, message="Rooms have a floor", rev_id=number)
    written = package.revisions[-1]
    assert written.name == f"{number}_rooms_have_a_floor.py"
    assert revisions_are_numbered_in_their_order(package) == []
    for check in ("check", "format --check"):
        arguments = [sys.executable, "-m", "ruff", *check.split(), "--config", str(ROOT / "pyproject.toml"), str(written)]
        linted = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
        assert linted.returncode == 0, linted.stdout


def test_revisions_are_refused_that_lock_tables_or_take_something_from_the_release_before() -> None:
    sql = """
        SET lock_timeout = '5s';
        BEGIN;
        ALTER TABLE session DROP COLUMN telehealth;
        ALTER TABLE session ADD CONSTRAINT lasts CHECK (starts_at < ends_at);
        CREATE INDEX session_notes ON session (billing_notes);
        ALTER TABLE session RENAME COLUMN billing_notes TO notes;
        COMMIT;
    """
    revision = Rendered("scheduling", "0099", Path("0099_bad.py"), sql)
    found = lint.findings([revision], {("0099", "ban-drop-column"), ("0098", "ban-drop-column")}, "schema.toml")
    assert [line.split(": ")[1] for line in found[:-1]] == [
        "constraint-missing-not-valid",
        "require-concurrent-index-creation",
        "renaming-column",
    ]
    assert found[-1] == "schema.toml: revision 0098 has no finding of ban-drop-column any more"


def belongs_to(name: str, kept: tuple[str, ...]) -> bool:
    """Whether an object is part of a table that is listed as a whole."""
    return any(f" {table}." in name or name.endswith(f" on {table}") for table in kept)


def metadata_of(service: str) -> MetaData:
    """Return the tables of a service."""
    import_module(f"{service}.main")
    return import_module(f"{service}.tables").Table.metadata


async def create(url: str, extensions: list[str], *metadata: MetaData) -> None:
    """Create what the models declare."""
    async with connected(url) as connection:
        for name in extensions:
            await connection.execute(f"CREATE EXTENSION {name}")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        for part in metadata:
            await connection.run_sync(part.create_all)
    await engine.dispose()


async def objects(url: str) -> dict[str, str]:
    """Return everything that a database is made of."""
    async with connected(url) as connection:
        return await inventory(connection)


async def columns(url: str) -> dict[tuple[str, str], Column]:
    """Return every column by the names of its table and itself."""
    async with connected(url) as connection:
        return {(table, name): Column(*facts) for table, name, *facts in await connection.fetch(COLUMNS)}


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect to a database."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


def test_a_migration_imports_no_model_and_without_an_address_says_which_setting_names_it() -> None:
    env = {name: value for name, value in os.environ.items() if name != "HOLDFAST_DATABASE_URL"}
    command = [sys.executable, "-X", "importtime", "-m", "alembic", "-c", "services/rooms/alembic.ini", "upgrade", "head"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=MIGRATION_S)  # noqa: S603 (no input)
    said = done.stdout + done.stderr
    assert done.returncode
    assert "HOLDFAST_DATABASE_URL is not set" in said
    assert "Traceback" not in said
    assert "chassis.data.migrations" in said
    assert "rooms.tables" not in said
