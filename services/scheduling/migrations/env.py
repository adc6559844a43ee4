"""Alembic's entrance."""

from pathlib import Path

from chassis.data.migrations import run
from scheduling import main  # noqa: F401 (it imports every table)
from scheduling.tables import Table

run(Table.metadata, Path(__file__).with_name("schema.toml"))
