"""Brings scheduling's database to the wanted revision."""

from chassis.migrate import run
from scheduling.replicas import Table

KEPT = {
    "inquiry": "processes of the release before store their questions to rooms in it",
    "session.telehealth": "processes of the release before read and write it in place of the modality",
}

run(Table.metadata, KEPT)
