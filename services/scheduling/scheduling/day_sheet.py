"""A site's day on one page: who comes when, to whom, into which room; as data, as a sheet, and to print."""

import csv
import io
import re
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.edge import View
from chassis.problems import not_found
from contracts.scheduling import SessionStatus
from contracts.types import Code, Day, Instant, SessionId, SiteId, TherapistId
from markupsafe import Markup
from pydantic import ConfigDict
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from scheduling.queries import day_of
from scheduling.replicas import SiteRow
from scheduling.store import ClientRow, TherapistRow, session_table

MOST_SESSIONS: Final = 2_000
SHOWN: Final = [status.value for status in SessionStatus if status not in {SessionStatus.CANCELLED, SessionStatus.REJECTED}]
SHOWN_OF_SESSION: Final = [
    session_table.c[name]
    for name in (
        *("id", "client_id", "other_client_ids", "starts_at", "ends_at", "room_number"),
        *("service_code", "service_name", "status", "billing_notes"),
    )
]
NAMES: Final = select(ClientRow.id, ClientRow.full_name).where(ClientRow.id == any_(bindparam("clients", type_=ARRAY(Uuid, dimensions=1))))
COLUMNS: Final = ("from", "to", "room", "therapist", "clients", "service_code", "service_name", "status", "notes")
FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""The beginning of a cell that a spreadsheet would run."""


class SheetLine(View):
    """One session of the day."""

    session_id: SessionId
    starts_at: Instant
    ends_at: Instant
    local_start: str
    """HH:MM as the clock at the site shows it."""
    local_end: str
    room_number: str | None
    therapist_name: str
    client_names: list[str]
    service_code: Code
    service_name: str
    status: SessionStatus
    notes: str | None


class DaySheet(View):
    """A site's day, in the order of time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "site_name": "Harbor Street",
                    "day": "2026-03-02",
                    "time_zone": "America/New_York",
                    "items": [
                        {
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "starts_at": "2026-03-02T14:00:00Z",
                            "ends_at": "2026-03-02T15:00:00Z",
                            "local_start": "09:00",
                            "local_end": "10:00",
                            "room_number": "201",
                            "therapist_name": "Ruth Adler",
                            "client_names": ["Jonas Weber"],
                            "service_code": "90837",
                            "service_name": "Individual Psychotherapy, 60 minutes",
                            "status": "booked",
                            "notes": None,
                        }
                    ],
                }
            ]
        }
    )

    site_id: SiteId
    site_name: str
    day: Day
    time_zone: str
    items: list[SheetLine]
    """Everything but what was cancelled or rejected; the first 2,000."""


async def read(db: ReadSession, site_id: SiteId, day: date, therapist_id: TherapistId | None) -> DaySheet:
    """Return a site's day, or a therapist's part of it."""
    site = await db.find(SiteRow, site_id)
    if site is None:
        raise not_found("site", site_id)
    begin, end = await day_of(db, site_id, day)
    columns = session_table.c
    query = (
        select(*SHOWN_OF_SESSION, TherapistRow.full_name.label("therapist_name"))
        .join(TherapistRow, TherapistRow.id == columns.therapist_id)
        .where(columns.site_id == site_id, columns.starts_at >= begin, columns.starts_at < end, columns.status.in_(SHOWN))
        .order_by(columns.starts_at, columns.room_number, columns.id)
        .limit(MOST_SESSIONS)
    )
    if therapist_id is not None:
        query = query.where(columns.therapist_id == therapist_id)
    rows = await db.rows(query)
    clients = {client for row in rows for client in (row.client_id, *row.other_client_ids)}
    named = await db.rows(NAMES, {"clients": list(clients)})
    names = {row.id: row.full_name for row in named}
    zone = ZoneInfo(site.time_zone)
    lines = [
        SheetLine.of(
            {
                "session_id": row.id,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
                "local_start": f"{row.starts_at.astimezone(zone):%H:%M}",
                "local_end": f"{row.ends_at.astimezone(zone):%H:%M}",
                "room_number": row.room_number,
                "therapist_name": row.therapist_name,
                "client_names": [names[client] for client in (row.client_id, *row.other_client_ids)],
                "service_code": row.service_code,
                "service_name": row.service_name,
                "status": SessionStatus(row.status),
                "notes": row.billing_notes,
            }
        )
        for row in rows
    ]
    return DaySheet(site_id=site_id, site_name=site.site_name, day=day, time_zone=site.time_zone, items=lines)


def to_csv(sheet: DaySheet) -> str:
    """Write the day as a sheet whose cells no spreadsheet runs."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _cells(line)] for line in sheet.items)
    return written.getvalue()


def to_html(sheet: DaySheet) -> str:
    """Write the day as one page to print; every cell is escaped."""
    head = Markup("").join(Markup("<th scope=col>{}</th>").format(name.replace("_", " ")) for name in COLUMNS)
    rows = Markup("\n").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in _cells(line))) for line in sheet.items
    )
    title = f"{sheet.site_name}, {sheet.day:%A %d %B %Y}"
    return str(PAGE.format(title=title, zone=sheet.time_zone, count=len(sheet.items), head=head, rows=rows))


def _cells(line: SheetLine) -> list[str]:
    return [
        line.local_start,
        line.local_end,
        line.room_number or "",
        line.therapist_name,
        ", ".join(line.client_names),
        line.service_code,
        line.service_name,
        line.status.value,
        line.notes or "",
    ]


def _safe(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


PAGE: Final = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 11pt/1.4 system-ui, sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .35em .6em; text-align: left; vertical-align: top; }}
th {{ text-transform: capitalize; }}
tr {{ break-inside: avoid; }}
thead {{ display: table-header-group; }}
@media print {{ body {{ margin: 0; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{count} sessions; all times as the clock in {zone} shows them.</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
)
