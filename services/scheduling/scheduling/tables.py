"""The base of scheduling's tables."""

from datetime import datetime
from decimal import Decimal
from typing import Final

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
from sqlalchemy import DateTime, Numeric, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

Moment = DateTime(timezone=True)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of scheduling's tables."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way)
        datetime: Moment,
        Decimal: Numeric(12, 2),
        str: Text,
        **dict.fromkeys((ClientId, ComparisonId, EntryId, GroupId, HoldId, RecordId, RoomId), Uuid),
        **dict.fromkeys((SeriesId, ServiceId, SessionId, SiteId, TherapistId), Uuid),
    }


IDS: Final = bindparam("ids", type_=ARRAY(Uuid))
