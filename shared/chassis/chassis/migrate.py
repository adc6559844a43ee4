"""Runs a service's Alembic migrations; its ``migrations/env.py`` is one call of ``run``."""

import asyncio
from typing import TYPE_CHECKING

from alembic import context
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from chassis import tables
from chassis.address import Address
from chassis.settings import SECRETS

if TYPE_CHECKING:
    from sqlalchemy import Connection


class _Target(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HOLDFAST_", secrets_dir=SECRETS if SECRETS.is_dir() else None, extra="ignore")
    database_url: SecretStr


def run(metadata: MetaData) -> None:
    """Bring the database of HOLDFAST_DATABASE_URL to the wanted revision of this service's tables."""
    asyncio.run(_run([tables.metadata, metadata]))


async def _run(metadata: list[MetaData]) -> None:
    address = Address.read(_Target().database_url)
    engine = create_async_engine(address.url, poolclass=pool.NullPool, connect_args={"ssl": address.encryption()})
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: "Connection", metadata: list[MetaData]) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False)
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('holdfast.migrate'))")
    with context.begin_transaction():
        context.run_migrations()
