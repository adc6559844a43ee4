"""Alembic's entrance."""

from pathlib import Path

from catalog.store import Table
from chassis.data.migrations import run

run(Table.metadata, Path(__file__).with_name("schema.toml"))
