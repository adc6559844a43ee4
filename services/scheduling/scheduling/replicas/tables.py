"""Tables of the replicas."""

from typing import Any, Final, cast

from contracts.catalog import EffectiveRate
from contracts.types import RoomId, ServiceId, SiteId
from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Text
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table

RATES: Final = TypeAdapter(tuple[EffectiveRate, ...])


class ServiceReplicaRow(Table):
    """Replica of a service, fed by catalog."""

    __tablename__ = "service_replica"

    id: Mapped[ServiceId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    service_name: Mapped[str]
    standard_duration: Mapped[int]
    kind: Mapped[str]
    is_active: Mapped[bool]
    rates: Mapped[list[Any]] = mapped_column(JSONB)
    version: Mapped[int]
    min_clients: Mapped[int] = mapped_column(default=1, server_default="1")


class SiteReplicaRow(Table):
    """Replica of a site, fed by rooms."""

    __tablename__ = "site_replica"

    id: Mapped[SiteId] = mapped_column(primary_key=True)
    site_name: Mapped[str]
    time_zone: Mapped[str]
    opening_hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    special_days: Mapped[list[Any]] = mapped_column(JSONB)
    is_active: Mapped[bool]
    version: Mapped[int]


class RoomReplicaRow(Table):
    """Replica of a room, fed by rooms."""

    __tablename__ = "room_replica"

    id: Mapped[RoomId] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId]
    room_number: Mapped[str]
    room_name: Mapped[str]
    capacity: Mapped[int]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool]
    version: Mapped[int]


service_table: Final = cast("CoreTable", ServiceReplicaRow.__table__)

room_table: Final = cast("CoreTable", RoomReplicaRow.__table__)

site_table: Final = cast("CoreTable", SiteReplicaRow.__table__)
