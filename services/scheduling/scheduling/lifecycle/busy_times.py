"""Whose time is taken, by which session, and where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.types import ClientId, ServiceId, SessionId, SiteId, TherapistId

from scheduling.lifecycle.reasons import Waived
from scheduling.lifecycle.state import SeriesDate


@dataclass(frozen=True, slots=True)
class Taken:
    """Time of a person that a session has."""

    person_id: UUID
    session_id: SessionId
    starts_at: datetime
    ends_at: datetime
    site_id: SiteId
    service_id: ServiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A session at a time that somebody thinks of: whose time it would take, and where."""

    session_id: SessionId
    service_id: ServiceId
    site_id: SiteId
    therapist_id: TherapistId
    client_ids: tuple[ClientId, ...]
    starts_at: datetime
    ends_at: datetime

    @property
    def people(self) -> tuple[UUID, ...]:
        """Everybody whose time it takes."""
        return (self.therapist_id, *self.client_ids)

    def busy_time_of(self, person_id: UUID) -> Taken:
        """Return what it takes of a person."""
        return Taken(person_id, self.session_id, self.starts_at, self.ends_at, self.site_id, self.service_id)


@dataclass(slots=True)
class BusyTimes:
    """When people are taken, as far as a batch is concerned; grows with what the batch takes."""

    taken: dict[UUID, list[Taken]] = field(default_factory=dict)
    waived: list[Waived] = field(default_factory=list)
    """What staff overrode in this batch."""
    dates: dict[SeriesDate, SessionId] = field(default_factory=dict)
    """Dates of series in whose place a session is booked, and which session."""

    def others(self, person_id: UUID, session_id: SessionId) -> Iterator[Taken]:
        """Return what other sessions have of a person."""
        return (taken for taken in self.taken.get(person_id, ()) if taken.session_id != session_id)

    def clashes(self, person_id: UUID, starts_at: datetime, ends_at: datetime, session_id: SessionId) -> tuple[SessionId, ...]:
        """Return the other sessions that have this person in that time."""
        # Ids are compared last: that takes ten times as long as to compare moments.
        found = {
            taken.session_id
            for taken in self.taken.get(person_id, ())
            if taken.starts_at < ends_at and starts_at < taken.ends_at and taken.session_id != session_id
        }
        return tuple(sorted(found))

    def take(self, interval: Interval) -> None:
        """Take everybody's time for a session."""
        self.add(interval.busy_time_of(person) for person in interval.people)

    def add(self, taken: Iterable[Taken]) -> None:
        """Note time that is taken."""
        for entry in taken:
            self.taken.setdefault(entry.person_id, []).append(entry)


def merged(times: Iterable[tuple[UUID, datetime, datetime]]) -> list[tuple[UUID, datetime, datetime]]:
    """Put times of a person that overlap or touch together: starts near each other concern nearly the same time."""
    of_each: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for person, start, end in times:
        of_each[person].append((start, end))
    merged: list[tuple[UUID, datetime, datetime]] = []
    for person, spans in of_each.items():
        known = len(merged)
        for start, end in sorted(spans):
            if len(merged) > known and start <= merged[-1][2]:
                merged[-1] = (person, merged[-1][1], max(merged[-1][2], end))
            else:
                merged.append((person, start, end))
    return merged
