"""Alembic's entrance."""

from billing.store import Table
from chassis.migrate import run

run(Table.metadata)
