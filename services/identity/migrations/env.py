"""Alembic's entrance."""

from pathlib import Path

from chassis.data.migrations import run
from sqlalchemy import MetaData


def models() -> MetaData:
    """Import every table."""
    from identity import main, tables  # noqa: F401, PLC0415 (an upgrade needs none of them)

    return tables.Table.metadata


run(models, Path(__file__).with_name("schema.toml"))
