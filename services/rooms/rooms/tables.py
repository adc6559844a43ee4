"""The base of rooms' tables."""

from datetime import datetime

from contracts.types import BlockId, HoldId, ReplanId, RoomId, SessionId, SiteId
from sqlalchemy import ARRAY, DateTime, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of rooms."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way)
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        SiteId: Uuid,
        RoomId: Uuid,
        BlockId: Uuid,
        HoldId: Uuid,
        SessionId: Uuid,
        ReplanId: Uuid,
    }
