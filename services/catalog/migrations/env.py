"""Alembic's entrance."""

from catalog.store import Table
from chassis.migrate import run

run(Table.metadata)
