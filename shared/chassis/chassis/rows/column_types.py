"""Which column a field of a table has, by the field's type: the same in every service."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ARRAY, DateTime, Enum, Numeric, Text, Uuid

MOMENT: Final = DateTime(timezone=True)
CODE_LENGTH: Final = 20
"""Most characters of a code from a fixed list."""


def column_types(*, ids: Collection[object], codes: Collection[type[StrEnum]] = ()) -> dict[Any, Any]:
    """Return the columns by type of field, to be the ``type_annotation_map`` of a service's base of tables.

    ``ids`` are the types of its ids, each a NewType of UUID. ``codes`` are its fixed lists, which are stored as their values.
    """
    types: dict[Any, Any] = {str: Text, datetime: MOMENT, Decimal: Numeric(12, 2), list[str]: ARRAY(Text)}
    return types | dict.fromkeys(ids, Uuid()) | {kind: _column_of(kind) for kind in codes}


def _column_of(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=CODE_LENGTH, create_constraint=False, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [code.value for code in kind]
