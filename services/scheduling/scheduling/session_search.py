"""Finds sessions by words: who and what each word may stand for is looked up first, and then their sessions by an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.search import occur
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from scheduling.replicas import RoomRow, ServiceRow
from scheduling.store import ClientRow, TherapistRow, session_table

CLIENTS_AT_MOST: Final = 200
"""Whose sessions are read one by one; where more are called so, the sessions in order soon have enough of theirs."""
OTHERS_AT_MOST: Final = 20
"""The same for therapists and rooms, which have many more sessions each."""
IS_GROUP: Final = text("other_client_ids <> '{}'")
"""As the index is restricted; a parameter would keep the planner from it."""

columns: Final = session_table.c
IDS: Final = ARRAY(Uuid, dimensions=1)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a search, and who and what is called so now."""

    text: str
    clients: tuple[UUID, ...]
    therapists: tuple[UUID, ...]
    rooms: tuple[UUID, ...]
    services: tuple[UUID, ...]

    @property
    def is_unknown(self) -> bool:
        """Whether nobody and nothing is called so."""
        return not (self.clients or self.therapists or self.rooms or self.services)

    @property
    def is_narrow(self) -> bool:
        """Whether the sessions of each whom it may stand for can be read one by one."""
        return not (self.services or self._has_more_clients) and len(self.therapists) + len(self.rooms) <= OTHERS_AT_MOST

    @property
    def _has_more_clients(self) -> bool:
        return len(self.clients) > CLIENTS_AT_MOST

    def fits(self) -> ColumnElement[bool]:
        """Whether a session has somebody or something that is called so."""
        others = ((columns.therapist_id, self.therapists), (columns.room_id, self.rooms), (columns.service_id, self.services))
        return or_(self._fits_client(), *(column == any_(_ids(found)) for column, found in others if found))

    def _fits_client(self) -> ColumnElement[bool]:
        if not self._has_more_clients:
            clients = _ids(self.clients)
            return or_(columns.client_id == any_(clients), and_(IS_GROUP, columns.other_client_ids.overlap(clients)))
        client = ClientRow.__table__.alias().c
        called_so = client.full_name.icontains(self.text, autoescape=True)
        in_group = exists().where(client.id == func.any(columns.other_client_ids), called_so)
        return or_(exists().where(client.id == columns.client_id, called_so), and_(IS_GROUP, in_group))

    def first(self, wanted: Sequence[ColumnElement[bool]], most: int) -> Select[*tuple[Any, ...]]:
        """Select the first sessions of each whom a narrow word may stand for, by the index on theirs."""
        told = ((columns.client_id, self.clients), (columns.therapist_id, self.therapists), (columns.room_id, self.rooms))
        parts = [_first_of_each(column, found, wanted, most) for column, found in told if found]
        if self.clients:
            groups = (
                select(columns.id)
                .where(IS_GROUP, columns.other_client_ids.overlap(_ids(self.clients)), *wanted)
                .order_by(columns.starts_at, columns.id)
                .limit(most)
                .subquery()
            )
            parts.append(select(groups.c.id))
        return select(union_all(*parts).subquery().c.id)


async def look_up(db: ReadSession, word: str) -> Word:
    """Find who and what is called so: clients by the index of their search, the others among the few there are."""

    def called_so(*names: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return or_(*(name.icontains(word, autoescape=True) for name in names))

    clients = select(ClientRow.id).where(occur(word, ClientRow.search), called_so(ClientRow.full_name)).limit(CLIENTS_AT_MOST + 1)
    parts = {
        "clients": clients,
        "therapists": select(TherapistRow.id).where(called_so(TherapistRow.full_name)),
        "rooms": select(RoomRow.id).where(called_so(RoomRow.room_number)),
        "services": select(ServiceRow.id).where(called_so(ServiceRow.service_code, ServiceRow.service_name)),
    }
    found = {kind: part.subquery(kind) for kind, part in parts.items()}
    rows = await db.rows(union_all(*(select(literal(kind, String).label("kind"), part.c.id.label("id")) for kind, part in found.items())))
    return Word(word, **{kind: tuple(row.id for row in rows if row.kind == kind) for kind in parts})


def _first_of_each(
    column: ColumnElement[Any], found: Sequence[UUID], wanted: Sequence[ColumnElement[bool]], most: int
) -> Select[*tuple[Any, ...]]:
    each = func.unnest(_ids(found)).table_valued(sql_column("id", Uuid)).render_derived()
    first = select(columns.id).where(column == each.c.id, *wanted).order_by(columns.starts_at, columns.id).limit(most).lateral()
    return select(first.c.id).select_from(each.join(first, true()))


def _ids(found: Sequence[UUID]) -> ColumnElement[Any]:
    return bindparam(None, list(found), type_=IDS, unique=True)
