"""Runs a service's Alembic migrations; its ``migrations/env.py`` is one call of ``run``.

Each revision is a transaction of its own, so that none keeps the locks of those before it. What a revision calls of this module renders
the same DDL at all times: a change of it would be a change of every revision.
"""

import asyncio
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import context, op
from alembic.util import CommandError
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import MetaData, pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.address import Address
from chassis.data import tables
from chassis.settings import SECRETS

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOOK_EVERY_S: Final = 0.5
"""How often a second run looks whether the first one has ended."""
LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('holdfast.migrate'))"
"""Tried again and again: a statement that waited for it would keep a snapshot, for whose end a concurrent index waits in turn."""
LOCK_TIMEOUT: Final = "5s"
"""How long a statement waits for the lock of its table: everybody who comes after it waits behind it."""
LOCK_ATTEMPTS: Final = 12
"""How often a revision is begun before a lock that it does not get ends the run."""
BETWEEN_ATTEMPTS_S: Final = 5.0
LOCK_NOT_AVAILABLE: Final = "55P03"


NO_DATABASE_URL: Final = (
    "HOLDFAST_DATABASE_URL is not set: it names the database that is to be migrated, "
    "such as HOLDFAST_DATABASE_URL=postgresql+asyncpg://role:password@host:port/database."
)


class _Target(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", secrets_dir=SECRETS if SECRETS.is_dir() else None, extra="ignore")
    database_url: SecretStr | None = None


def _database_url() -> SecretStr:
    if (url := _Target().database_url) is None:
        raise CommandError(NO_DATABASE_URL)
    return url


class _Declared(Sequence[MetaData]):
    """The tables of the chassis and of the service, which are imported when Alembic compares them with those of a database."""

    def __init__(self, models: Callable[[], MetaData]) -> None:
        self._models = models

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 (a number or a slice, as a sequence has it)
        return (tables.metadata, self._models())[index]


def run(metadata: MetaData | Callable[[], MetaData], schema: Path) -> None:
    """Bring the database of HOLDFAST_DATABASE_URL to the wanted revision of this service's tables.

    ``metadata`` is that of the models, or a function that imports them: only what compares them with a database calls it, and an
    upgrade takes a third of the time without them. ``schema`` is the file ``schema.toml`` that lists what the database has and the
    models do not, each with its reason.
    """
    models = (lambda: metadata) if isinstance(metadata, MetaData) else metadata
    asyncio.run(_run(_Declared(models), read_beyond(schema)))


def read_beyond(schema: Path) -> dict[str, str]:
    """Return what a database has beyond its models, as in ``column record.telehealth``, with the reason of each."""
    groups = tomllib.loads(schema.read_text())["beyond"]
    return {name: group["reason"] for group in groups for name in group["objects"]}


def build_indexes(indexes: Mapping[str, str], *, unique: bool = False) -> None:
    """Build indexes, given as name and what they are on, while others write; what an interrupted run left is replaced.

    This commits what its revision did before, so all of that revision must be repeatable.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # these wait for the transactions of others, but nobody waits behind them
        kind = "UNIQUE INDEX" if unique else "INDEX"
        for name, on in indexes.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON {on}")
        op.execute("RESET lock_timeout")


def refuse_if(found: str, because: str) -> None:
    """Refuse to go on when the query finds a row: what is in the way, why, and what would work."""
    words = because.replace("'", "''").replace("%", "%%")
    op.execute(
        f"DO $refuse$ BEGIN IF EXISTS ({found}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'object_in_use'; END IF; END $refuse$"
    )


def refuse_while_rows(*names: str) -> None:
    """Refuse a downgrade that would drop rows that are kept for good, or that the schema before has no place for."""
    for name in names:
        refuse_if(
            f"SELECT FROM {name}",
            f"The schema before has no place for the rows of {name}, which are kept for good. "
            "Run the processes of the release before on this schema instead, or restore a backup from before the upgrade.",
        )


async def _run(metadata: Sequence[MetaData], beyond: Mapping[str, str]) -> None:
    address = Address.read(_database_url())
    arguments = {"ssl": address.encryption(), "server_settings": {"lock_timeout": LOCK_TIMEOUT}}
    engine = create_async_engine(address.url, poolclass=pool.NullPool, connect_args=arguments)
    try:
        for attempt in range(1, LOCK_ATTEMPTS + 1):
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(_migrate, metadata, beyond)
                break
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or attempt == LOCK_ATTEMPTS:
                    raise
                await asyncio.sleep(BETWEEN_ATTEMPTS_S)
    finally:
        await engine.dispose()


def _migrate(connection: "Connection", metadata: Sequence[MetaData], beyond: Mapping[str, str]) -> None:
    while not connection.exec_driver_sql(LOCK).scalar():
        connection.rollback()
        time.sleep(LOOK_EVERY_S)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
        include_object=_known_or_kept(beyond),
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _known_or_kept(beyond: Mapping[str, str]) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """Build Alembic's filter of what the models are compared with: it takes a view that they declare for a table that is missing."""

    def include(item: Any, name: str | None, kind: str, reflected: bool, compared_with: Any) -> bool:  # noqa: ANN401, FBT001 (Alembic's)
        if kind == "table" and item.is_view:
            return False
        path = f"{item.table.name}.{name}" if kind == "column" else name
        return not (reflected and compared_with is None and f"{kind} {path}" in beyond)

    return include
