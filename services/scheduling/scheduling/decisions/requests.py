"""What is requested, and the reference data by which it is decided; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.scheduling import Modality
from contracts.types import ClientId, EntryId, RoomId, ServiceId, SessionId, SiteId, TherapistId

from scheduling.lifecycle.busy_times import Interval
from scheduling.lifecycle.reasons import Override
from scheduling.lifecycle.state import SeriesDate, places_for
from scheduling.people.therapist import Therapist
from scheduling.policies.rules import Policies, Times
from scheduling.replicas.reference import Room, Service, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """A session that somebody requests; how long it takes and what it costs, the service decides."""

    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    site_id: SiteId
    starts_at: datetime
    other_client_ids: tuple[ClientId, ...] = ()
    """The others of a group."""
    room_id: RoomId | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    insurance_applicable: bool = False
    billing_notes: str | None = None
    backdated: bool = False
    override: Override | None = None
    """The clinic's rules do not count for this session."""
    offer_until: datetime | None = None
    """It is offered to somebody on the waitlist, until then."""
    entry_id: EntryId | None = None
    modality: Modality = Modality.IN_PERSON
    in_place_of: SeriesDate | None = None
    """The date of a series in whose place it is booked."""

    @property
    def places(self) -> int | None:
        """How many people the room must take; None when any room will do."""
        return places_for((self.client_id, *self.other_client_ids), self.capacity)

    def interval(self, session_id: SessionId, ends_at: datetime) -> Interval:
        """Return whose time it would take."""
        return Interval(
            session_id=session_id,
            service_id=self.service_id,
            site_id=self.site_id,
            therapist_id=self.therapist_id,
            client_ids=(self.client_id, *self.other_client_ids),
            starts_at=self.starts_at,
            ends_at=ends_at,
        )


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """What must be known to decide a batch of bookings and moves."""

    services: Mapping[ServiceId, Service]
    sites: Mapping[SiteId, Site]
    rooms: Mapping[RoomId, Room]
    therapists: Mapping[TherapistId, Therapist]
    clients: Mapping[ClientId, str]
    """Their names."""
    policies: Policies

    def ends(self, request: BookingRequest) -> datetime:
        """Return when a requested session would end."""
        service = self.services.get(request.service_id)
        return request.starts_at + (service.duration if service else timedelta())

    def knows(self, request: BookingRequest) -> bool:
        """Whether the service, the site and the therapist of a request are known."""
        is_place_known = request.service_id in self.services and request.site_id in self.sites
        return is_place_known and request.therapist_id in self.therapists

    def concerning(self, interval: Interval) -> Iterator[Times]:
        """Return whose time must be known, and when, to judge an interval."""
        site = self.sites.get(interval.site_id)
        return self.policies.concerning(interval, site.zone if site else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a batch of decisions names."""

    services: Iterable[ServiceId] = ()
    sites: Iterable[SiteId] = ()
    rooms: Iterable[RoomId | None] = ()
    therapists: Iterable[TherapistId] = ()
    clients: Iterable[ClientId] = ()

    @classmethod
    def by(cls, requests: Sequence[BookingRequest]) -> "Named":
        """Return what requests name."""
        return cls(
            services=[request.service_id for request in requests],
            sites=[request.site_id for request in requests],
            rooms=[request.room_id for request in requests],
            therapists=[request.therapist_id for request in requests],
            clients=[client for request in requests for client in (request.client_id, *request.other_client_ids)],
        )
