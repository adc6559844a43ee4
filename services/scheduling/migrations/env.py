"""Brings scheduling's database to the wanted revision."""

from chassis.migrate import run
from scheduling.replicas import Table

run(Table.metadata)
