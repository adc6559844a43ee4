"""Alembic's entrance."""

from pathlib import Path

from chassis.data.migrations import run
from sqlalchemy import MetaData


def models() -> MetaData:
    """Import every table."""
    from catalog.tables import Table  # noqa: PLC0415 (an upgrade needs none of them)

    return Table.metadata


run(models, Path(__file__).with_name("schema.toml"))
