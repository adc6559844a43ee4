"""Who changed what, when: kept beside every change of what prices and claims are made of."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Page, View, page, read_cursor
from contracts.types import Instant, new_id
from pydantic import ConfigDict
from pydantic_core import to_jsonable_python
from sqlalchemy import select

from billing.party_store import ChangeRow

UNTOLD: Final = {"version", "created_at", "updated_at"}
EXAMPLE: Final[dict[str, Any]] = {
    "id": "01890a5d-ac96-7eee-a166-28394a5b6c7d",
    "at": "2026-03-02T20:10:00Z",
    "by": "ines.ortiz",
    "what": "fee",
    "key": "01890a5d-ac96-7a99-9d33-e4f506172839",
    "action": "added",
    "before": None,
    "after": {"service_code": "90837", "amount": "152.00", "effective_from": "2026-01-01"},
}


class ChangeView(View):
    """One change: what was there before, and what after."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    at: Instant
    by: str
    what: str
    key: UUID
    """What was changed; of a fee, its payer."""
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def keep(
    tx: Transaction, by: str, what: str, key: UUID, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> None:
    """Keep that somebody added, changed or took away something; a change that changes nothing is not kept."""
    old, new = _told(before), _told(after)
    if old == new:
        return
    action = "changed" if old and new else "added" if new else "removed"
    tx.add(ChangeRow(id=new_id(), at=tx.now, by=by, what=what, key=key, action=action, before=old, after=new))


async def list_changes(db: ReadSession, key: UUID | None, what: str | None, limit: int, cursor: str | None) -> Page[ChangeView]:
    """Return changes, the latest first."""
    query = select(ChangeRow).order_by(ChangeRow.id.desc()).limit(limit + 1)
    if key is not None:
        query = query.where(ChangeRow.key == key)
    if what is not None:
        query = query.where(ChangeRow.what == what)
    if cursor is not None:
        query = query.where(ChangeRow.id < read_cursor(cursor, UUID)[0])
    return page([ChangeView.model_validate(row) for row in await db.scalars(query)], limit, lambda change: (change.id,))


def _told(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if facts is None else {name: to_jsonable_python(value) for name, value in facts.items() if name not in UNTOLD}
