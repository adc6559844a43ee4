"""The clinic's own rules as staff write them, and who overrode them why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, check_version, page, read_cursor
from chassis.problems import not_found, refused
from contracts.scheduling import AnnounceCancellationPolicy, CancellationPolicyStated, CancellationWindow
from contracts.types import Instant, ServiceId, SessionId, SiteId, Whole
from pydantic import ConfigDict, Field
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from scheduling.policy import MINUTE
from scheduling.replicas import DEFAULT_SCOPE, ServiceRow, SiteRow, load_policies
from scheduling.store import OverrideRow, PolicyRow, TravelRow

MOST_POLICIES: Final = 500
MOST_JOURNEYS: Final = 5_000
LONGEST_WINDOW_DAYS: Final = 730
LONGEST_BUFFER_MINUTES: Final = 240
MINUTES_OF_A_MONTH: Final = 30 * 24 * 60
EXAMPLE: Final[dict[str, Any]] = {
    "notice_minutes": 120,
    "buffer_after_minutes": 10,
    "therapist_sessions_a_day": 8,
    "cancellation_window_minutes": 1440,
}
SITES: Final[Any] = ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14", "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15"]
ALL_RULES: Final[dict[str, Any]] = {"book_ahead_days": None, "buffer_before_minutes": None, "client_sessions_a_day": None, **EXAMPLE}

Minutes = Annotated[Whole, Field(ge=0, le=MINUTES_OF_A_MONTH)]
Buffer = Annotated[Whole, Field(ge=0, le=LONGEST_BUFFER_MINUTES)]
Maximum = Annotated[Whole, Field(ge=1, le=100)]


class Rules(Body):
    """What a clinic asks of a booking; what is absent asks nothing, or for a service what the default says."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    book_ahead_days: Annotated[Whole, Field(ge=1, le=LONGEST_WINDOW_DAYS)] | None = None
    """The booking window: nothing is booked earlier before it starts; 730 without a rule."""
    notice_minutes: Minutes | None = None
    """Nothing is booked later before it starts."""
    buffer_before_minutes: Buffer | None = None
    """The therapist is kept free so long before a session."""
    buffer_after_minutes: Buffer | None = None
    """The therapist is kept free so long after a session; it adds to what the next session asks for before it."""
    therapist_sessions_a_day: Maximum | None = None
    """On the site's calendar."""
    client_sessions_a_day: Maximum | None = None
    """On the site's calendar."""
    cancellation_window_minutes: Minutes | None = None
    """A cancellation this close to the start is late; 1440 without a rule."""


class PolicyView(View):
    """The rules of one scope."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_id": None, **ALL_RULES, "version": 1, "updated_at": "2026-03-02T14:00:00Z"}]}
    )

    service_id: ServiceId | None
    """None for the default."""
    book_ahead_days: int | None = None
    notice_minutes: int | None = None
    buffer_before_minutes: int | None = None
    buffer_after_minutes: int | None = None
    therapist_sessions_a_day: int | None = None
    client_sessions_a_day: int | None = None
    cancellation_window_minutes: int | None = None
    version: int
    """0 before anybody wrote it."""
    updated_at: Instant | None


class NewJourney(Body):
    """How long therapists travel between two sites."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_ids": SITES, "minutes": 35}]})

    site_ids: tuple[SiteId, SiteId]
    minutes: Annotated[Whole, Field(ge=0, le=LONGEST_BUFFER_MINUTES)]
    """0 takes it back."""


class Journey(View):
    """How long therapists travel between two sites, either way."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_ids": SITES, "minutes": 35}]})

    site_ids: tuple[SiteId, SiteId]
    minutes: int


class BrokenRule(View):
    """A rule that was overridden."""

    code: str
    message: str


class OverrideView(View):
    """Rules that staff overrode for a session, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 17,
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "at": "2026-03-02T14:00:00Z",
                    "reason": "The client is in a crisis",
                    "by": "Front desk, M. Ortiz",
                    "rules": [{"code": "short-notice", "message": "Sessions are booked at least 2 hours before they start."}],
                }
            ]
        }
    )

    id: int
    session_id: SessionId
    at: Instant
    reason: str
    by: str | None
    rules: list[BrokenRule]


async def list_policies(db: ReadSession) -> Page[PolicyView]:
    """Return every policy, the default first."""
    rows = await db.scalars(select(PolicyRow).order_by(PolicyRow.scope.desc()).limit(MOST_POLICIES + 1))
    views = [_view(row) for row in rows]
    if not views or views[0].service_id is not None:
        views.insert(0, PolicyView(service_id=None, version=0, updated_at=None))
    return Page(items=views)


async def put_policy(service_id: ServiceId | None, body: Rules, expected: int | None, tx: Transaction) -> PolicyView:
    """Replace the rules of a service, or of all that have none of their own; what is booked stays booked."""
    if service_id is not None and await tx.find(ServiceRow, service_id) is None:
        raise not_found("service", service_id)
    scope = str(service_id) if service_id else DEFAULT_SCOPE
    row = await tx.lock(PolicyRow, scope)
    check_version(row.version if row else 0, expected)
    if row is None and await tx.scalar(select(func.count()).select_from(PolicyRow)) > MOST_POLICIES:
        raise refused("too-many-policies", f"At most {MOST_POLICIES} services have rules of their own. Remove some, or change the default.")
    facts: dict[str, Any] = {"rules": body.model_dump(exclude_none=True), "updated_at": tx.now}
    written = insert(PolicyRow).values(scope=scope, version=1, **facts)
    newer = written.on_conflict_do_update(index_elements=["scope"], set_={**facts, "version": PolicyRow.version + 1})
    await tx.execute(newer)
    version = (row.version if row else 0) + 1
    await state_cancellation_policy((), tx)
    return PolicyView(service_id=service_id, version=version, updated_at=tx.now, **body.model_dump(exclude_none=True))


async def remove_policy(service_id: ServiceId, tx: Transaction) -> PolicyView:
    """Let the default count for a service again."""
    row = await tx.lock(PolicyRow, str(service_id))
    if row is None:
        what = "policy of service"
        raise not_found(what, service_id)
    await tx.execute(delete(PolicyRow).where(PolicyRow.scope == row.scope))
    await state_cancellation_policy((), tx)
    return _view(row)


async def state_cancellation_policy(_: Sequence[AnnounceCancellationPolicy], tx: Transaction) -> None:
    """Say what counts as a late cancellation, all of it."""
    known = await load_policies(tx)
    windows = [(None, known.default), *known.services.items()]
    said = tuple(CancellationWindow(service_id=service, minutes=policy.late_within // MINUTE) for service, policy in windows)
    tx.send(CancellationPolicyStated(windows=said, stated_at=tx.now))


async def list_journeys(db: ReadSession) -> Page[Journey]:
    """Return the travel times between sites."""
    rows = await db.scalars(select(TravelRow).order_by(TravelRow.one_site_id, TravelRow.other_site_id).limit(MOST_JOURNEYS))
    return Page(items=[Journey(site_ids=(row.one_site_id, row.other_site_id), minutes=row.minutes) for row in rows])


async def put_journey(body: NewJourney, tx: Transaction) -> Journey:
    """Say how long therapists travel between two sites, either way; what is booked stays booked."""
    one, other = sorted(body.site_ids)
    known = set(await tx.scalars(select(SiteRow.id).where(SiteRow.id.in_(body.site_ids))))
    if missing := sorted({one, other} - known):
        raise not_found("site", missing[0])
    if one == other:
        raise refused("same-site", "There is no travel within a site. Choose two sites.", field="site_ids")
    await tx.execute(delete(TravelRow).where(TravelRow.one_site_id == one, TravelRow.other_site_id == other))
    if body.minutes:
        await tx.execute(insert(TravelRow).values(one_site_id=one, other_site_id=other, minutes=body.minutes))
    if await tx.scalar(select(func.count()).select_from(TravelRow)) > MOST_JOURNEYS:
        raise refused("too-many-travel-times", f"At most {MOST_JOURNEYS} pairs of sites have a travel time. Remove some.")
    return Journey(site_ids=(one, other), minutes=body.minutes)


async def list_overrides(
    db: ReadSession, session_id: SessionId | None, since: datetime | None, until: datetime | None, limit: int, cursor: str | None
) -> Page[OverrideView]:
    """Return what was overridden, the latest first."""
    query = select(OverrideRow).order_by(OverrideRow.id.desc()).limit(limit + 1)
    if session_id is not None:
        query = query.where(OverrideRow.session_id == session_id)
    if since is not None:
        query = query.where(OverrideRow.at >= since)
    if until is not None:
        query = query.where(OverrideRow.at < until)
    if cursor:
        query = query.where(OverrideRow.id < read_cursor(cursor, int)[0])
    return page([OverrideView.model_validate(row) for row in await db.scalars(query)], limit, lambda override: (override.id,))


def _view(row: PolicyRow) -> PolicyView:
    service_id = None if row.scope == DEFAULT_SCOPE else ServiceId(UUID(row.scope))
    return PolicyView(service_id=service_id, version=row.version, updated_at=row.updated_at, **row.rules)
