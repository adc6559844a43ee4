"""Pages of lists by keyset: each page begins behind the sort key of the last row before it, which its cursor carries."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final, Generic, TypeVar, TypeVarTuple

from contracts.types import Instant
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chassis.errors import Malformed

Stored = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Counted = Annotated[int, Field(ge=-(2**63), lt=2**63)]
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

    ``after`` prepares the statement of a page, ``page`` makes the page of what it found.
    """

    def __init__(self, *columns: Column, descending: bool = False) -> None:
        """Sort by these columns; the cursor's parts have their Python types."""
        self._key = tuple_(*columns)
        self._order = [column.desc() for column in columns] if descending else list(columns)
        self._types = [column.type.python_type for column in columns]
        self._names = [str(column.key) for column in columns]
        self._descending = descending

    def after(self, statement: Select[*Ts], cursor: str | None, limit: int) -> Select[*Ts]:
        """Return the statement in order, behind the cursor, with one row more than a page has.

        Raises Malformed when the cursor is not one of this list.
        """
        statement = statement.order_by(*self._order).limit(limit + 1)
        if cursor is None:
            return statement
        position = tuple(read_cursor(cursor, *self._types))
        return statement.where(self._key < position if self._descending else self._key > position)

    def page(self, found: Sequence[T], limit: int, position: Callable[[T], tuple[object, ...]] | None = None) -> Page[T]:
        """Cut ``limit + 1`` found items into a page and its cursor.

        ``position`` returns the sort key of an item; without it, the item has attributes of the columns' names.
        """
        return page(found, limit, position or self._position)

    def _position(self, item: object) -> tuple[object, ...]:
        return tuple(attrgetter(name)(item) for name in self._names)


def page(found: Sequence[T], limit: int, position: Callable[[T], tuple[object, ...]]) -> Page[T]:
    """Cut ``limit + 1`` found items into a page and its cursor."""
    items = list(found[:limit])
    return Page(items=items, next_cursor=write_cursor(*position(items[-1])) if len(found) > limit else None)


def write_cursor(*position: object) -> str:
    """Turn the sort key of a page's last item into an opaque cursor."""
    return base64.urlsafe_b64encode(to_json(position)).decode().rstrip("=")


def read_cursor(cursor: str, *shape: type[Any]) -> list[Any]:
    """Read the sort key back, each part as the type of ``shape``; raises Malformed when it is not of this shape."""
    try:
        position = from_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_reader(kind).validate_python(part) for kind, part in zip(shape, position, strict=True)]
    except (binascii.Error, ValueError, TypeError) as error:
        raise Malformed("invalid-cursor", "cursor is not one that this list has answered.") from error


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(READ_AS.get(kind, kind))
