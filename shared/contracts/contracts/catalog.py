"""What catalog publishes: services and their effective-dated rates."""

from enum import StrEnum
from uuid import UUID

from contracts.message import COMMANDS, Message, Part
from contracts.open_words import Open
from contracts.types import Amount, Code, Day, Flag, Instant, ServiceId, Version, Whole


class ServiceType(StrEnum):
    """What kind of care a service is."""

    ASSESSMENT = "assessment"
    PSYCHOTHERAPY = "psychotherapy"
    CONSULTATION = "consultation"


class Kind(StrEnum):
    """What a service is to billing."""

    BASE = "base"
    ADD_ON = "add_on"
    COMPOSITE = "composite"
    FEE = "fee"
    INTERNAL = "internal"


class Claimable(StrEnum):
    """Who may be billed for a service."""

    INSURANCE = "insurance"
    SELF_PAY_ONLY = "self_pay_only"
    NEVER = "never"


class BilledPer(StrEnum):
    """What makes a record of a service that several clients attend."""

    CLIENT = "client"
    """Each client who attended has one, as in group therapy."""
    SESSION = "session"
    """The session has one, of the client for whom it is booked, as in family and couple therapy."""


class EffectiveRate(Part):
    """A price and the days on which it is in force."""

    amount: Amount
    effective_from: Day
    effective_to: Day | None = None
    """The last day in force; open-ended when absent."""


class ServiceChanged(Message, type="catalog.service_changed.v1"):
    """A service was added or changed; the whole state, with every rate it has or will have."""

    id: ServiceId
    service_code: Code
    service_name: str
    service_type: Open[ServiceType]
    standard_duration: Whole
    """Minutes."""
    base_rate: Amount
    """The rate in force when the message was written."""
    billing_category: str
    description: str
    is_active: Flag
    kind: Open[Kind]
    components: tuple[Code, ...]
    min_minutes: Whole | None
    max_minutes: Whole | None
    claimable: Open[Claimable]
    requires_primary: tuple[Code, ...]
    excludes_same_day: tuple[Code, ...]
    max_units_per_day: Whole | None
    billed_per: Open[BilledPer] = BilledPer.CLIENT
    min_clients: Whole = 1
    """A session of it is booked for at least so many clients."""
    version: Version
    created_at: Instant
    updated_at: Instant
    rates: tuple[EffectiveRate, ...]

    @property
    def subject(self) -> UUID:
        return self.id

    @property
    def sequence(self) -> int:
        return self.version


class AnnounceServices(Message, type="catalog.announce_services.v1", exchange=COMMANDS):
    """Publish every service again: sent by a service that starts."""
