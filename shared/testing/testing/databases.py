"""Databases for tests: each service is migrated once a session into a template, each test gets a copy of it."""

import asyncio
import hmac
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import pbkdf2_hmac, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
from servers import Postgres

ROLE: Final = "holdfast"
MIGRATION_S: Final = 300
STATEMENT_S: Final = 120

MakeDatabase = Callable[[str], Awaitable[str]]
"""Make a fresh migrated database of this service and return its URL."""


def folder_of(service: str) -> Path:
    """Return the folder of a service, in which its package, its migrations and its ``alembic.ini`` are."""
    found = find_spec(service)
    if found is None or found.origin is None:
        message = f"the service {service} is not installed"
        raise LookupError(message)
    return Path(found.origin).parents[1]


class Databases:
    """Templates by service, and the copies that one test made."""

    def __init__(self, server: Postgres) -> None:
        """Use this server; the tests connect as a role that owns its databases and nothing else."""
        self._server = server
        self._templates: dict[str, str] = {}
        server.create(ROLE, ROLE, ROLE)
        server.run_sql(f"ALTER ROLE {ROLE} CREATEDB PASSWORD '{_verifier(ROLE)}'")

    async def make(self, service: str) -> str:
        """Return the URL of a fresh migrated database of the service."""
        if service not in self._templates:
            self._templates[service] = await self._migrate(service)
        return await self.copy(self._templates[service])

    async def copy(self, template: str = "template1") -> str:
        """Return the URL of a fresh copy of this database, by default an empty one."""
        name = f"test_{uuid4().hex}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected, the server's own vacuum among them."""
        await self._run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)", self._server.superuser_dsn)

    async def _migrate(self, service: str) -> str:
        name = f"template_{service}"
        await self._run(f"CREATE DATABASE {name}")
        try:
            await self._upgrade(service, name)
        except BaseException:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")
            raise
        return name

    async def _upgrade(self, service: str, name: str) -> None:
        migration = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alembic", "-c", str(folder_of(service) / "alembic.ini"), "upgrade", "head"),
            env={"HOLDFAST_DATABASE_URL": self._url(name)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(MIGRATION_S):
                stated, _ = await migration.communicate()
        except BaseException:
            migration.kill()
            raise
        if migration.returncode:
            message = f"the migrations of {service} failed:\n{stated.decode()}"
            raise RuntimeError(message)

    async def _run(self, statement: str, dsn: str | None = None) -> None:
        async with asyncio.timeout(STATEMENT_S):
            connection = await asyncpg.connect(dsn or self._server.dsn(ROLE))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

    def _url(self, database: str) -> str:
        return f"postgresql+asyncpg://{ROLE}:{ROLE}@{self._server.host}:{self._server.port}/{database}"


def _verifier(password: str) -> str:
    """Return what PostgreSQL keeps of a password (RFC 5803), hashed once only: every test connects a dozen times."""
    salt = b"holdfast"
    salted = pbkdf2_hmac("sha256", password.encode(), salt, 1)
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return "SCRAM-SHA-256$1:{}${}:{}".format(*parts)


WORKS_BY_ITSELF: Final = {"alembic_version", "lease"}
"""Tables that a service writes whatever is requested of it."""


async def traces(url: str) -> dict[str, tuple[int, int]]:
    """Return of each table how many rows it has and which transaction wrote to it last: what any write changes."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found: dict[str, tuple[int, int]] = {}
        for (table,) in tables:
            if table not in WORKS_BY_ITSELF:
                rows, written = await connection.fetchrow(f'SELECT count(*), max(xmin::text::bigint) FROM "{table}"')  # noqa: S608 (its catalog's name)
                found[table] = (rows, written or 0)
        return found
    finally:
        await connection.close()
