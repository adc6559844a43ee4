"""Views of the CMS-1500 form."""

from typing import Any, Final

from chassis.bodies.models import View
from contracts.types import RecordId
from pydantic import ConfigDict

BOX: Final[dict[str, Any]] = {"number": "28", "name": "total charge", "value": {"dollars": "185", "cents": "00"}}


class BoxView(View):
    """One box of the form."""

    number: str
    name: str
    value: str | bool | dict[str, Any] | list[dict[str, Any]] | None


class FormView(View):
    """One sheet: a claim of its own, with its own total."""

    boxes: list[BoxView]


class FormsView(View):
    """A record as the boxes of the paper claim form, on as many sheets as its lines need."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"record_id": "01890a5d-ac96-7a11-8c22-d3e4f5061728", "forms": [{"boxes": [BOX]}]}]}
    )

    record_id: RecordId
    forms: list[FormView]
