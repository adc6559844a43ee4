"""The base of rooms' tables."""

from chassis.rows.column_types import column_types
from contracts.types import BlockId, HoldId, ReplanId, RoomId, SessionId, SiteId
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of rooms."""

    type_annotation_map = column_types(ids=(SiteId, RoomId, BlockId, HoldId, SessionId, ReplanId))
