"""Read the clinic's rules, travel times and overrides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.rows.as_json import as_json, one_of
from chassis.rows.paging import Keyset, Page
from contracts.types import ServiceId, SessionId, SiteId
from sqlalchemy import select

from scheduling.lifecycle import refusals
from scheduling.policies.rules import DEFAULT_SCOPE, MINUTE, Policies, Policy, to_policy
from scheduling.policies.schemas import Journey, OverrideView, PolicyView
from scheduling.policies.tables import OverrideRow, PolicyRow, TravelRow

POLICIES: Final = "(SELECT json_object_agg(scope, rules) FROM policy)"
"""As ``as_json`` selects them."""

TRAVEL: Final = f"""(
    SELECT json_agg(json_build_array(one_site_id, other_site_id, minutes)) FROM travel_time
    WHERE one_site_id = {one_of("sites")} OR other_site_id = {one_of("sites")}
)"""  # noqa: S608 (texts of ours)
"""To and from the sites that are named, as ``as_json`` selects it."""

POLICIES_ALONE: Final = as_json(policies=POLICIES)


async def load_policies(tx: ReadSession) -> Policies:
    """Load the clinic's rules without travel: the default, and what services have instead."""
    return read_policies(await tx.scalar(POLICIES_ALONE), ())


def read_policies(policies: Mapping[str, Any] | None, travel: Sequence[tuple[str, str, int]] | None) -> Policies:
    """Read what ``POLICIES`` and ``TRAVEL`` found."""
    rules = policies or {}
    default = to_policy(rules.get(DEFAULT_SCOPE, {}), Policy())
    services = {ServiceId(UUID(scope)): to_policy(own, default) for scope, own in rules.items() if scope != DEFAULT_SCOPE}
    journeys = {frozenset((SiteId(UUID(one)), SiteId(UUID(other)))): minutes * MINUTE for one, other, minutes in travel or ()}
    return Policies(default, services, journeys)


MOST_POLICIES: Final = 500

MOST_JOURNEYS: Final = 5_000


async def list_policies(db: ReadSession) -> Page[PolicyView]:
    """Return every policy, the default first."""
    rows = await db.scalars(select(PolicyRow).order_by(PolicyRow.scope.desc()).limit(MOST_POLICIES + 1))
    views = [policy_view(row) for row in rows]
    if not views or views[0].service_id is not None:
        views.insert(0, PolicyView(service_id=None, version=0, updated_at=None))
    return Page(items=views)


async def list_journeys(db: ReadSession) -> Page[Journey]:
    """Return the travel times between sites."""
    rows = await db.scalars(select(TravelRow).order_by(TravelRow.one_site_id, TravelRow.other_site_id).limit(MOST_JOURNEYS))
    return Page(items=[Journey(site_ids=(row.one_site_id, row.other_site_id), minutes=row.minutes) for row in rows])


LATEST: Final = Keyset(OverrideRow.id, descending=True)


async def list_overrides(
    db: ReadSession, session_id: SessionId | None, since: datetime | None, until: datetime | None, limit: int, cursor: str | None
) -> Page[OverrideView]:
    """Return what was overridden, the latest first."""
    query = LATEST.after(select(OverrideRow), cursor, limit)
    if session_id is not None:
        query = query.where(OverrideRow.session_id == session_id)
    if since is not None:
        query = query.where(OverrideRow.at >= since)
    if until is not None:
        query = query.where(OverrideRow.at < until)
    return LATEST.page([_override_view(row) for row in await db.scalars(query)], limit)


def _override_view(row: OverrideRow) -> OverrideView:
    """Show what was overridden, and what in each message would have worked instead."""
    seen = OverrideView.model_validate(row)
    rules = [rule.model_copy(update={"fix": refusals.separate_fix(rule.message)}) for rule in seen.rules]
    return seen.model_copy(update={"rules": rules})


def policy_view(row: PolicyRow) -> PolicyView:
    """Show the rules of one scope."""
    service_id = None if row.scope == DEFAULT_SCOPE else ServiceId(UUID(row.scope))
    return PolicyView(service_id=service_id, version=row.version, updated_at=row.updated_at, **row.rules)
