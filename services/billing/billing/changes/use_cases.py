"""Keeps a change beside what it changed."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Transaction
from contracts.types import new_id
from pydantic_core import to_jsonable_python

from billing.changes.tables import ChangeRow

UNRECORDED: Final = {"version", "created_at", "updated_at"}


def keep(
    tx: Transaction, by: str, what: str, key: UUID, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> None:
    """Keep that somebody added, changed or took away something; a change that changes nothing is not kept."""
    old, new = stored(before), stored(after)
    if old == new:
        return
    action = "changed" if old and new else "added" if new else "removed"
    tx.add(ChangeRow(id=new_id(), at=tx.now, by=by, what=what, key=key, action=action, before=old, after=new))


def stored(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return facts as JSON has them, without those that are kept out of the list of changes."""
    return None if facts is None else {name: to_jsonable_python(value) for name, value in facts.items() if name not in UNRECORDED}
