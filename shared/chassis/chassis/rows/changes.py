"""What use cases do with one row: require it, refuse a change of an older version of it, write what is new, count the version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar, runtime_checkable

from sqlalchemy.orm import Mapped

from chassis.errors import NotFound, Stale

T = TypeVar("T")


class Versioned(Protocol):
    """A row that counts its versions."""

    version: Mapped[int]


@runtime_checkable
class Dated(Protocol):
    """A row that keeps when it was written last."""

    updated_at: Mapped[datetime]


def require(row: T | None, what: str, key: object) -> T:
    """Return the row that was found under a key; raises NotFound when none was."""
    if row is None:
        raise NotFound.of(what, key)
    return row


def check_version(present: int, expected: int | None) -> None:
    """Refuse a change that was decided on an older version; Stale then."""
    if expected is not None and expected != present:
        detail = f"You changed version {expected}, but version {present} is there now. Read it again, then decide."
        raise Stale("stale-version", detail, version=present)


def assign(row: object, values: Mapping[str, Any]) -> bool:
    """Write those values that differ from the row's; return whether any did."""
    new = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    return bool(new)


def count_version(row: Versioned, now: datetime) -> None:
    """Make this the next version of the row; one that keeps when it was written keeps ``now``."""
    row.version += 1
    if isinstance(row, Dated):
        row.updated_at = now


def apply_changes(row: Versioned, values: Mapping[str, Any], now: datetime) -> bool:
    """Write those values that differ and count the version if any did; return whether any did."""
    changed = assign(row, values)
    if changed:
        count_version(row, now)
    return changed
