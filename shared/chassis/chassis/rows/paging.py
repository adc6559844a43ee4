"""Pages of lists by keyset: each page begins behind the sort key of the last row before it, which its cursor carries."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final, Generic, TypeVar, TypeVarTuple
from zlib import crc32

from contracts.types import Instant
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chassis.errors import Malformed

Stored = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Counted = Annotated[int, Field(ge=-(2**63), lt=2**63)]
MAX_PAGE: Final = 500
"""Items on one page."""
READ_AS: Final = {datetime: Instant, str: Stored, int: Counted}
"""What a cursor may hold: a value that its column cannot have is no position in the list."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class Page(BaseModel, Generic[T]):
    """A piece of a list."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    items: list[T]
    next_cursor: str | None = Field(None, description="Pass it as ``cursor`` for what follows; null at the end.")


class Keyset:
    """The sort key of a list: columns that no two rows share together, all of them ascending, or all descending.

    ``after`` prepares the statement of a page, ``page`` makes the page of what it found; ``behind`` is for statements within it.
    """

    def __init__(self, *columns: Column, descending: bool = False, of: str = "") -> None:
        """Sort by these columns; the cursor's parts have their Python types.

        ``of`` names the list in its cursors where another list of the service is sorted by the same columns.
        """
        self._key = tuple_(*columns)
        self._order = [column.desc() for column in columns] if descending else list(columns)
        self._types = [column.type.python_type for column in columns]
        self._names = [str(column.key) for column in columns]
        self._descending = descending
        self._list = of or f"{columns[-1]}, {'descending' if descending else 'ascending'}"

    def after(self, statement: Select[*Ts], cursor: str | None, limit: int) -> Select[*Ts]:
        """Return the statement in order, behind the cursor, with one row more than a page has.

        Raises Malformed when the cursor is not one of this list.
        """
        return statement.where(*self.behind(cursor)).order_by(*self._order).limit(limit + 1)

    def behind(self, cursor: str | None) -> list[ColumnElement[bool]]:
        """Return the condition for what lies behind the cursor, or none without one; Malformed when it is not one of this list."""
        if cursor is None:
            return []
        position = tuple(read_cursor(self._list, cursor, *self._types))
        return [self._key < position if self._descending else self._key > position]

    def page(self, found: Sequence[T], limit: int, position: Callable[[T], tuple[object, ...]] | None = None) -> Page[T]:
        """Cut ``limit + 1`` found items into a page and its cursor.

        ``position`` returns the sort key of an item; without it, the item has attributes of the columns' names.
        """
        return page(found, limit, position or self._position, self._list)

    def _position(self, item: object) -> tuple[object, ...]:
        return tuple(attrgetter(name)(item) for name in self._names)


def page(found: Sequence[T], limit: int, position: Callable[[T], tuple[object, ...]], of: str) -> Page[T]:
    """Cut ``limit + 1`` found items into a page of the list ``of`` and its cursor."""
    items = list(found[:limit])
    return Page(items=items, next_cursor=write_cursor(of, *position(items[-1])) if len(found) > limit else None)


def write_cursor(of: str, *position: object) -> str:
    """Turn the sort key of a page's last item into an opaque cursor of the list ``of``."""
    return base64.urlsafe_b64encode(to_json((crc32(of.encode()), *position))).decode().rstrip("=")


def read_cursor(of: str, cursor: str, *shape: type[Any]) -> list[Any]:
    """Read the sort key back, each part as the type of ``shape``; raises Malformed when it is not of this shape, or of another list."""
    try:
        named, *position = from_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if named != crc32(of.encode()):
            raise ValueError  # noqa: TRY301 (refused as below)
        return [_reader(kind).validate_python(part) for kind, part in zip(shape, position, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        detail = "cursor is not one that this list has answered. Send the next_cursor of the page before, or none for the first page."
        raise Malformed("invalid-cursor", detail) from error


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(READ_AS.get(kind, kind))
