"""Alembic inside the test process: a service's revisions, and the commands that go through them."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from support.repository import ROOT

MIGRATION_S: Final = 300
ADDRESS: Final = "HOLDFAST_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Revisions:
    """The chain of a service's revisions; ``go`` and ``back`` move the database at an address along it."""

    service: str

    @property
    def folder(self) -> Path:
        """Where the revisions are."""
        return ROOT / "services" / self.service / "migrations"

    def names(self) -> list[str]:
        """Return the revisions, the first one first."""
        return [script.revision for script in reversed(list(ScriptDirectory.from_config(self._config()).walk_revisions()))]

    async def go(self, url: str, revision: str = "head") -> None:
        """Upgrade to the revision."""
        await self._run(url, command.upgrade, revision)

    async def back(self, url: str, revision: str) -> None:
        """Downgrade to the revision; the refusal of a revision is a DBAPIError."""
        await self._run(url, command.downgrade, revision)

    async def check(self, url: str) -> None:
        """Compare the tables with the models; CommandError names what differs."""
        await self._run(url, command.check)

    async def _run(self, url: str, what: Callable[..., object], *arguments: str) -> None:
        os.environ[ADDRESS] = url
        try:
            async with asyncio.timeout(MIGRATION_S):
                await asyncio.to_thread(what, self._config(), *arguments)
        finally:
            del os.environ[ADDRESS]

    def _config(self) -> Config:
        return Config(str(ROOT / "services" / self.service / "alembic.ini"))
