"""Alembic's entrance."""

from pathlib import Path

from billing import main  # noqa: F401 (it imports every table)
from billing.tables import Table
from chassis.data.migrations import run

run(Table.metadata, Path(__file__).with_name("schema.toml"))
