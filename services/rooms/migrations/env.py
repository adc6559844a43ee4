"""Alembic's entrance."""

from chassis.migrate import run
from rooms.store import Table

run(Table.metadata)
