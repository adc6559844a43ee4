"""Keep the newest version of what other services publish."""

from collections.abc import Sequence
from typing import Any

from chassis.data.database import Transaction
from contracts.catalog import AnnounceServices, ServiceChanged
from contracts.rooms import AnnounceRooms, RoomChanged, SiteChanged
from sqlalchemy.dialects.postgresql import Insert, insert

from scheduling.replicas.tables import room_table, service_table, site_table


async def put_services(tx: Transaction, changes: Sequence[ServiceChanged]) -> None:
    """Keep the newest state of services."""
    await _put(
        tx,
        insert(service_table),
        [
            {
                "id": change.id,
                "service_code": change.service_code,
                "service_name": change.service_name,
                "standard_duration": change.standard_duration,
                "kind": change.kind.value,
                "is_active": change.is_active,
                "rates": [rate.model_dump(mode="json") for rate in change.rates],
                "version": change.version,
                "min_clients": change.min_clients,
            }
            for change in changes
        ],
    )


async def put_sites(tx: Transaction, changes: Sequence[SiteChanged]) -> None:
    """Keep the newest state of sites."""
    await _put(
        tx,
        insert(site_table),
        [
            {
                "id": change.id,
                "site_name": change.site_name,
                "time_zone": change.time_zone,
                "opening_hours": change.opening_hours,
                "special_days": [special.model_dump(mode="json") for special in change.special_days],
                "is_active": change.is_active,
                "version": change.version,
            }
            for change in changes
        ],
    )


async def put_rooms(tx: Transaction, changes: Sequence[RoomChanged]) -> None:
    """Keep the newest state of rooms."""
    await _put(
        tx,
        insert(room_table),
        [
            {
                "id": change.id,
                "site_id": change.site_id,
                "room_number": change.room_number,
                "room_name": change.room_name,
                "capacity": change.capacity,
                "equipment": change.equipment,
                "is_active": change.is_active,
                "version": change.version,
            }
            for change in changes
        ],
    )


async def _put(tx: Transaction, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    newer = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={column.name: statement.excluded[column.name] for column in statement.table.columns if column.name != "id"},
        where=statement.excluded.version >= statement.table.c.version,  # the same one again fills what an older release did not keep
    )
    await tx.execute(newer, sorted(rows, key=lambda row: row["id"]))


async def request_replicas(tx: Transaction) -> None:
    """Request everything again from its owners: this service may have started late, or on an older database."""
    tx.send(AnnounceServices())
    tx.send(AnnounceRooms())
