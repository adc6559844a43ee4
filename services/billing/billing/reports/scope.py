"""What a report is about: a time, the day as of which it is computed, what its rows are about, and whose money counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.files.columns import Cell, Column, Kind, Row

SELF_PAY: Final = "self-pay"
OWED: Final = "'patient_ar', 'payer_ar'"
"""The accounts of what somebody still owes."""


class GroupBy(StrEnum):
    """What the rows of a report are about."""

    SERVICE_CODE = "service_code"
    THERAPIST = "therapist"
    PAYER = "payer"
    SITE = "site"
    CLIENT = "client"
    MONTH = "month"


KEYS: Final[Mapping[GroupBy, Mapping[str, str]]] = {
    GroupBy.SERVICE_CODE: {"service_code": "record.service_code"},
    GroupBy.THERAPIST: {"therapist": "CAST(record.therapist_id AS text)"},
    GroupBy.PAYER: {"payer": f"COALESCE(payer.payer_name, '{SELF_PAY}')", "payer_code": "payer.payer_code"},
    GroupBy.SITE: {"site": "COALESCE(site.site_name, CAST(record.site_id AS text))"},
    GroupBy.CLIENT: {"client": "CAST(record.client_id AS text)"},
    GroupBy.MONTH: {"month": "to_char(record.service_date, 'YYYY-MM')"},
}
"""The columns of each; payers may have the same name, but no two the same code."""
RECORDS: Final = """
    published_record record LEFT JOIN published_payer payer ON payer.id = record.payer_id
        LEFT JOIN published_site_replica site ON site.id = record.site_id
"""
"""Records with the names of their payers and sites."""


class Filter(StrEnum):
    """Whose money counts."""

    SITE_ID = "site_id"
    THERAPIST_ID = "therapist_id"
    PAYER_ID = "payer_id"
    SERVICE_CODE = "service_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What was requested."""

    since: date
    until: date
    as_of: date
    today: date
    zone: ZoneInfo
    group_by: Sequence[GroupBy] = ()
    filters: Mapping[Filter, UUID | str] = field(default_factory=dict)

    @property
    def posted_before(self) -> datetime:
        """The end of the day as of which it is computed."""
        return _midnight(self.as_of + timedelta(days=1), self.zone)

    @property
    def parameters(self) -> dict[str, Any]:
        """What its statements name."""
        before = self.posted_before
        return {
            "since": self.since,
            "until": self.until,
            "passed": min(self.until, self.as_of, self.today - timedelta(days=1)),
            "as_of": self.as_of,
            "zone": self.zone.key,
            "begin": min(_midnight(self.since, self.zone), before),
            "end": min(_midnight(self.until + timedelta(days=1), self.zone), before),
            "before": before,
            **self.filters,
        }

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that state what a row is about."""
        return tuple(Column(name) for group in self.group_by for name in KEYS[group])

    @property
    def select_keys(self) -> str:
        """The beginning of a selection of records by those columns."""
        return "".join(f"{key} AS {name}, " for group in self.group_by for name, key in KEYS[group].items())

    def first(self, more: int = 0) -> str:
        """Name by position those columns, and so many more, for grouping and sorting."""
        return ", ".join(str(position + 1) for position in range(len(self.keys) + more))

    def only(self, table: str = "record") -> str:
        """Return the condition that leaves out what is not requested."""
        return "".join(f" AND {table}.{name} = :{name}" for name in self.filters)


Figures = Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A report's table and the statements that read it."""

    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    """Each adds rows under those of the one before; they may name the figures."""
    figures: str = ""
    """Reads, in one row, what no column sums to."""
    of_rows: Callable[[Figures, Sequence[Row]], Figures] | None = None
    """Works out further figures, of those that were read and of all rows; only where these are few."""
    streams: bool = False
    """Its rows are as many as there are records."""


def money(*names: str) -> tuple[Column, ...]:
    """Name columns of amounts."""
    return tuple(Column(name, Kind.MONEY) for name in names)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


class CloseBy(StrEnum):
    """Which day of a posting counts in a daily close."""

    DEPOSIT = "deposit"
    POSTING = "posting"


class DenialState(StrEnum):
    """What became of a denial."""

    OPEN = "open"
    """The insurer still owes what it refused: appeal it, claim it anew or write it off."""
    REQUESTED_AGAIN = "asked_again"
    """The record was claimed anew, or the insurer has taken the denial back; no other answer came since."""
    OVERTURNED = "overturned"
    """The insurer has answered otherwise since, with a payment or without."""
    CLOSED = "closed"
    """The insurer owes nothing any more: it was written off, or paid before."""
