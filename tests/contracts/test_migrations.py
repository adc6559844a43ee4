"""The tables that the code knows are the tables that the migrations make."""

import asyncio
import sys

import pytest
from support import MakeDatabase
from support.databases import ROOT
from support.running import SERVICES

ALEMBIC_S = 60


@pytest.mark.parametrize("service", SERVICES)
async def test_models_and_migrations_agree(service: str, make_database: MakeDatabase) -> None:
    url = await make_database(service)
    assert await alembic(service, url, "check") == ""


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_can_be_repeated(service: str, make_database: MakeDatabase) -> None:
    url = await make_database(service)
    assert await alembic(service, url, "upgrade", "head") == ""


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
