"""In which form a table is wanted: JSON, CSV or XLSX."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.bodies.models import View
from chassis.errors import Unacceptable
from contracts.types import Instant
from pydantic import ConfigDict


class RepairRequested(View):
    """What was requested of scheduling."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "asked": "scheduling.start_reconciliation.v1",
                    "message_id": "01956b3a-728f-7f50-a6d9-1a9b0a2fe04f",
                    "asked_at": "2026-03-31T14:00:00Z",
                }
            ]
        }
    )

    asked: str
    """The command: compare all completed sessions with the records, and publish those again that have none."""
    message_id: UUID
    asked_at: Instant
    """The reconciliation report shows what came of it once its ``compared_at`` is later than this."""


ANY: Final = "*/*"


class Format(StrEnum):
    """A form of a table."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES: Final = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_Rank = tuple[float, int]
"""How readily a media type is accepted, and how early it is named: more is better."""


def choose(accept: str) -> Format:
    """Return the form that is accepted most readily, among equals the one named first, JSON for a range; Unacceptable when none is."""
    wanted: dict[str, _Rank] = {}
    for place, part in enumerate(accept.split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        wanted[media_type.lower()] = (_quality(parameters), -place)
    readily = {form: _first(wanted, media_type, f"{media_type.split('/')[0]}/*", ANY) for form, media_type in MEDIA_TYPES.items()}
    best = max(readily, key=lambda form: readily[form])
    if not readily[best][0]:
        detail = f"This is answered as {', '.join(MEDIA_TYPES.values())}; Accept names none of them. Leave it out for JSON."
        raise Unacceptable("not-acceptable", detail, field="accept")
    return best


def _first(wanted: dict[str, _Rank], *ranges: str) -> _Rank:
    return next((wanted[one] for one in ranges if one in wanted), (0.0, 0))


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
