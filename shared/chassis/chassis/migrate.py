"""Runs a service's Alembic migrations; its ``migrations/env.py`` is one call of ``run``.

Each revision is a transaction of its own, so that none keeps the locks of those before it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from alembic import context, op
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from chassis import tables
from chassis.address import Address
from chassis.settings import SECRETS

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOOK_EVERY_S: Final = 0.5
"""How often a second run looks whether the first one has ended."""
LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('holdfast.migrate'))"
"""Tried again and again: a statement that waited for it would keep a snapshot, for whose end a concurrent index waits in turn."""


class _Target(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", secrets_dir=SECRETS if SECRETS.is_dir() else None, extra="ignore")
    database_url: SecretStr


def run(metadata: MetaData, kept: Mapping[str, str] | None = None) -> None:
    """Bring the database of HOLDFAST_DATABASE_URL to the wanted revision of this service's tables.

    ``kept`` names tables, and columns as ``table.column``, that the code no longer knows and that stay on purpose, each with the reason.
    """
    asyncio.run(_run([tables.metadata, metadata], frozenset(kept or ())))


def build_indexes(indexes: Mapping[str, str]) -> None:
    """Build indexes, given as name and what they are on, while others write; what an interrupted run left is replaced.

    This commits what its revision did before, so all of that revision must be repeatable.
    """
    with op.get_context().autocommit_block():
        for name, on in indexes.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {on}")


async def _run(metadata: list[MetaData], kept: frozenset[str]) -> None:
    address = Address.read(_Target().database_url)
    engine = create_async_engine(address.url, poolclass=pool.NullPool, connect_args={"ssl": address.encryption()})
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata, kept)
    await engine.dispose()


def _migrate(connection: "Connection", metadata: list[MetaData], kept: frozenset[str]) -> None:
    while not connection.exec_driver_sql(LOCK).scalar():
        connection.rollback()
        time.sleep(LOOK_EVERY_S)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
        include_object=_known_or_not_kept(kept),
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _known_or_not_kept(kept: frozenset[str]) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """Build Alembic's filter of what the models are compared with."""

    def include(item: Any, name: str | None, kind: str, reflected: bool, compared_with: Any) -> bool:  # noqa: ANN401, FBT001 (Alembic's)
        path = f"{item.table.name}.{name}" if kind == "column" else name
        return not (reflected and compared_with is None and path in kept)

    return include
