"""Keeps the newest of what other services publish."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.data.database import Transaction
from contracts.catalog import AnnounceServices, ServiceChanged
from contracts.rooms import AnnounceRooms, SiteChanged
from contracts.scheduling import AnnounceCancellationPolicy, CancellationPolicyStated, CancellationPolicyStatedV2
from sqlalchemy import ColumnElement, and_, or_, tuple_
from sqlalchemy.dialects.postgresql import insert

from billing.replicas import tables
from billing.replicas.tables import ONLY, PolicyReplicaRow


async def request_facts(tx: Transaction) -> None:
    """Request every service of catalog, every site of rooms and the cancellation policy of scheduling."""
    tx.send(AnnounceServices())
    tx.send(AnnounceRooms())
    tx.send(AnnounceCancellationPolicy())


async def keep_policy(messages: Sequence[CancellationPolicyStatedV2], tx: Transaction) -> None:
    """Keep the highest version of what was stated; of the same one what was stated last."""
    newest = max(messages, key=lambda message: (message.version, message.stated_at))
    windows = [{"service_id": None, "minutes": newest.minutes}, *(window.model_dump(mode="json") for window in newest.services)]
    await _keep(windows, newest.stated_at, newest.version, tx)


async def keep_policy_v1(messages: Sequence[CancellationPolicyStated], tx: Transaction) -> None:
    """Keep what was stated last by a scheduling that publishes no second version; where one was kept, it counts alone."""
    latest = max(messages, key=lambda message: message.stated_at)
    await _keep([window.model_dump(mode="json") for window in latest.windows], latest.stated_at, None, tx)


async def _keep(windows: list[dict[str, Any]], stated_at: datetime, version: int | None, tx: Transaction) -> None:
    statement = insert(PolicyReplicaRow).values(id=ONLY, windows=windows, stated_at=stated_at, version=version)
    incoming, kept = statement.excluded, PolicyReplicaRow
    later = tuple_(incoming.version, incoming.stated_at) > tuple_(kept.version, kept.stated_at)
    newer: ColumnElement[bool] = or_(kept.version.is_(None), later)
    if version is None:
        newer = and_(kept.version.is_(None), incoming.stated_at > kept.stated_at)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"windows": incoming.windows, "stated_at": incoming.stated_at, "version": incoming.version},
            where=newer,
        )
    )


async def replicate_services(messages: Sequence[ServiceChanged], tx: Transaction) -> None:
    """Keep the newest version of each service."""
    await tables.put_services(tx, messages)


async def replicate_sites(messages: Sequence[SiteChanged], tx: Transaction) -> None:
    """Keep each site's time zone."""
    await tables.put_sites(tx, messages)
