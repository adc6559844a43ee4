"""Views of the list of diagnosis codes."""

from typing import Final
from uuid import UUID

from chassis.bodies.models import View
from contracts.types import Day, Whole
from pydantic import ConfigDict

LIST_ID: Final = UUID(int=0)
"""What changes of the one list are kept under."""


class DiagnosisCodeView(View):
    """A code in one period in which it is valid."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "F41.1", "description": "Generalized anxiety disorder", "valid_from": "2015-10-01", "valid_until": None}]
        }
    )

    code: str
    description: str
    valid_from: Day
    valid_until: Day | None
    """The last day on which it is valid; None while no end is known."""


class DiagnosisListView(View):
    """How large the list is; an empty one checks nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": 74719, "first_day": "2015-10-01"}]})

    codes: Whole
    first_day: Day | None
    """The first day that the list covers; diagnoses of sessions before it are checked by their form only."""


class CodesImported(View):
    """What an import does to the list."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": 74719, "added": 487, "changed": 38, "unchanged": 74194, "ended": 28}]}
    )

    rows: Whole
    added: Whole
    """Periods that the list did not have."""
    changed: Whole
    """Periods whose description or end is another one now."""
    unchanged: Whole
    ended: Whole
    """Periods that end because a later one of the code begins or because a complete sheet lacks the code."""
