"""In which form a table is wanted, and how it is sent: JSON, CSV or XLSX, by ``Accept`` or, for a link, by ``format``."""

from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.errors import Unacceptable
from chassis.files import writer
from chassis.files.columns import Sheet
from chassis.http.conventions import View
from chassis.http.problems import documented
from contracts.types import Instant
from fastapi import Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
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

WRITERS: Final[dict[Format, Callable[[Sheet], AsyncIterator[bytes]]]] = {Format.CSV: writer.to_csv, Format.XLSX: writer.to_xlsx}


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


def download(table: Sheet, form: Format) -> StreamingResponse:
    """Send a sheet while it is written."""
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.{form}"', "Vary": "Accept"}
    return StreamingResponse(WRITERS[form](table), media_type=MEDIA_TYPES[form], headers=headers)


def sheets(*forms: Format, csv: str, **more: Any) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that may be a sheet, for OpenAPI; ``more`` is the description of the same as JSON."""
    described: dict[Format, dict[str, Any]] = {
        Format.JSON: more,
        Format.CSV: {"schema": {"type": "string"}, "example": csv},
        Format.XLSX: {"schema": {"type": "string", "format": "binary"}},
    }
    return {**documented(406), 200: {"content": {MEDIA_TYPES[form]: described[form] for form in forms}}}


async def _wanted(
    accept: Annotated[str, Header(description="`application/json`, `text/csv`, or XLSX by its media type.")] = ANY,
    form: Annotated[Format | None, Query(alias="format", description="For links: goes before Accept.")] = None,
) -> Format:
    return form or choose(accept)


Wanted = Annotated[Format, Depends(_wanted)]


async def _place(request: Request, form: Wanted) -> AsyncIterator[None]:
    async with nullcontext() if form is Format.JSON else request.app.state.large_files.place():
        yield


Place = Annotated[None, Depends(_place)]
"""Keeps a place for a large file until the last byte is sent, where the form is one; to be named before the database connection."""


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
