"""The clinic's own rules as staff write them, and who overrode them why."""

from collections.abc import Sequence
from typing import Any

from chassis.data.database import Transaction
from chassis.errors import Invalid
from chassis.rows.changes import check_version, require
from contracts.scheduling import AnnounceCancellationPolicy
from contracts.types import ServiceId
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from scheduling.lifecycle import refusals
from scheduling.lifecycle.reasons import Waived
from scheduling.policies.queries import MOST_JOURNEYS, MOST_POLICIES, load_policies, policy_view
from scheduling.policies.rules import DEFAULT_SCOPE, Policies, cancellation_policy_stated, cancellation_policy_stated_v2
from scheduling.policies.schemas import Journey, NewJourney, PolicyView, Rules
from scheduling.policies.tables import ONLY, OverrideRow, PolicyRevisionRow, PolicyRow, TravelRow
from scheduling.replicas.queries import load_services, load_sites
from scheduling.timelines.use_cases import note


async def note_waived(tx: Transaction, waived: Sequence[Waived]) -> None:
    """Write down what staff overrode, for good, and show it in the timelines."""
    for each in waived:
        rules = [
            {"code": reason.code, "message": reason.message, "times": to_jsonable_python(list(reason.times))} for reason in each.reasons
        ]
        tx.add(OverrideRow(session_id=each.session_id, at=tx.now, reason=each.override.reason, by=each.override.by, rules=rules))
    stated = [(each, ", ".join(dict.fromkeys(refusals.rule(reason) for reason in each.reasons))) for each in waived]
    note(tx, [(each.session_id, "rules overridden", f"{rules}: {each.override.reason}", None, ()) for each, rules in stated])


async def put_policy(service_id: ServiceId | None, body: Rules, expected: int | None, tx: Transaction) -> PolicyView:
    """Replace the rules of a service, or of all that have none of their own; what is booked stays booked.

    NotFound without that service, Invalid where the rules contradict themselves, Stale on an older version.
    """
    if service_id is not None:
        require((await load_services(tx, [service_id])).get(service_id), "service", service_id)
    scope = str(service_id) if service_id else DEFAULT_SCOPE
    row = await tx.lock(PolicyRow, scope)
    check_version(row.version if row else 0, expected)
    if row is None and await tx.scalar(select(func.count()).select_from(PolicyRow)) > MOST_POLICIES:
        raise Invalid("too-many-policies", f"At most {MOST_POLICIES} services have rules of their own. Remove some, or change the default.")
    facts: dict[str, Any] = {"rules": body.model_dump(exclude_none=True), "updated_at": tx.now}
    written = insert(PolicyRow).values(scope=scope, version=1, **facts)
    newer = written.on_conflict_do_update(index_elements=["scope"], set_={**facts, "version": PolicyRow.version + 1})
    await tx.execute(newer)
    version = (row.version if row else 0) + 1
    stated, known = await _change(tx)
    tx.send(cancellation_policy_stated_v2(known, stated, tx.now))
    tx.send(cancellation_policy_stated(known, tx.now))
    return PolicyView(service_id=service_id, version=version, updated_at=tx.now, **body.model_dump(exclude_none=True))


async def remove_policy(service_id: ServiceId, tx: Transaction) -> PolicyView:
    """Let the default count for a service again; NotFound where it has none."""
    row = require(await tx.lock(PolicyRow, str(service_id)), "policy of service", service_id)
    await tx.execute(delete(PolicyRow).where(PolicyRow.scope == row.scope))
    stated, known = await _change(tx)
    tx.send(cancellation_policy_stated_v2(known, stated, tx.now))
    tx.send(cancellation_policy_stated(known, tx.now))
    return policy_view(row)


async def state_cancellation_policy(_: Sequence[AnnounceCancellationPolicy], tx: Transaction) -> None:
    """Publish what counts as a late cancellation, all of it, in both versions of the message."""
    version, known = await _load(tx)
    tx.send(cancellation_policy_stated_v2(known, version, tx.now))
    tx.send(cancellation_policy_stated(known, tx.now))


async def _change(tx: Transaction) -> tuple[int, Policies]:
    """Count a change of the rules, and return them with their version."""
    await tx.execute(update(PolicyRevisionRow).values(version=PolicyRevisionRow.version + 1))
    return await _load(tx)


async def _load(tx: Transaction) -> tuple[int, Policies]:
    """Return the version of the rules, and the rules; a change that is under way is waited for, and is part of them."""
    version = await tx.scalar(select(PolicyRevisionRow.version).where(PolicyRevisionRow.id == ONLY).with_for_update())
    return version, await load_policies(tx)


async def put_journey(body: NewJourney, tx: Transaction) -> Journey:
    """Set how long therapists travel between two sites, either way; what is booked stays booked.

    NotFound without those sites, Invalid for one and the same.
    """
    one, other = sorted(body.site_ids)
    known = await load_sites(tx, body.site_ids)
    for site_id in (one, other):
        require(known.get(site_id), "site", site_id)
    if one == other:
        raise Invalid("same-site", "There is no travel within a site. Choose two sites.", field="site_ids")
    await tx.execute(delete(TravelRow).where(TravelRow.one_site_id == one, TravelRow.other_site_id == other))
    if body.minutes:
        await tx.execute(insert(TravelRow).values(one_site_id=one, other_site_id=other, minutes=body.minutes))
    if await tx.scalar(select(func.count()).select_from(TravelRow)) > MOST_JOURNEYS:
        raise Invalid("too-many-travel-times", f"At most {MOST_JOURNEYS} pairs of sites have a travel time. Remove some.")
    return Journey(site_ids=(one, other), minutes=body.minutes)
