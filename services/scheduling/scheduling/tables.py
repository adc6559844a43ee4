"""The base of scheduling's tables."""

from typing import Final

from chassis.rows.column_types import column_types
from contracts.types import (
    ClientId,
    ComparisonId,
    EntryId,
    GroupId,
    HoldId,
    RecordId,
    RoomId,
    SeriesId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
)
from sqlalchemy import Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of scheduling."""

    type_annotation_map = column_types(
        ids=(
            *(ClientId, ComparisonId, EntryId, GroupId, HoldId, RecordId, RoomId),
            *(SeriesId, ServiceId, SessionId, SiteId, TherapistId),
        )
    )


IDS: Final = bindparam("ids", type_=ARRAY(Uuid))
