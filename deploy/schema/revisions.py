"""Renders what each revision does, as SQL, without a database."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from chassis.data.migrations import LOCK_TIMEOUT

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A revision and the SQL of its upgrade."""

    service: str
    revision: str
    file: Path
    sql: str


def rendered(service: str) -> Iterator[Rendered]:
    """Yield the revisions of a service, the first one first."""
    scripts = ScriptDirectory.from_config(Config(str(ROOT / "services" / service / "alembic.ini")))
    for script in reversed(list(scripts.walk_revisions())):
        yield Rendered(service, script.revision, Path(script.path).relative_to(ROOT), render(script))


def render(script: Script) -> str:
    """Return the SQL of one revision's upgrade, with the settings and the transactions in which it runs."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer, "transaction_per_migration": True}
    )
    buffer.write(f"SET lock_timeout = '{LOCK_TIMEOUT}';\n\n")
    with Operations.context(context), context.begin_transaction(_per_migration=True):
        script.module.upgrade()
    return buffer.getvalue()
