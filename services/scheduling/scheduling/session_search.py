"""Finds sessions by words: who and what each word may stand for is looked up first, and then their sessions by an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.search import ESCAPED, occur
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
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

from scheduling.store import ClientRow, session_table

CLIENTS_AT_MOST: Final = 200
"""Whose sessions are read one by one; where more are called so, the sessions in order soon have enough of theirs."""
OTHERS_AT_MOST: Final = 20
"""The same for therapists and rooms, which have many more sessions each."""
IS_GROUP: Final = text("other_client_ids <> '{}'")
"""As the index is restricted; a parameter would keep the planner from it."""

WALKED_AT_MOST: Final = 1_000
"""Clients, in the order of names, among whom a word is looked for first."""
KINDS: Final = ("clients", "therapists", "rooms", "services")
"""What a word may stand for."""
NEAR: Final = text("""
    WITH word AS (SELECT said, place FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS word (said, place))
    SELECT place, 'clients' AS kind, found.id FROM word, LATERAL (
        SELECT near.id FROM (SELECT id, full_name FROM client ORDER BY full_name, id LIMIT :walked) AS near
        WHERE near.full_name ILIKE word.said LIMIT :most
    ) AS found
    UNION ALL SELECT place, 'therapists', id FROM word JOIN therapist ON full_name ILIKE said
    UNION ALL SELECT place, 'rooms', id FROM word JOIN room_replica ON room_number ILIKE said
    UNION ALL SELECT place, 'services', id FROM word JOIN service_replica ON service_code ILIKE said OR service_name ILIKE said
""")

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


async def look_up(db: ReadSession, words: Sequence[str]) -> list[Word]:
    """Find who and what these words may stand for: first among the few others and some clients, then clients by the index of their search.

    A word that many of some clients are called by is not looked up in the index, which would return all who are called so.
    """
    if not words:
        return []
    parameters = {"words": [f"%{word.translate(ESCAPED)}%" for word in words], "walked": WALKED_AT_MOST, "most": CLIENTS_AT_MOST + 1}
    found: list[dict[str, list[UUID]]] = [{kind: [] for kind in KINDS} for _ in words]
    for place, kind, key in await db.rows(NEAR, parameters):
        found[place - 1][kind].append(key)
    rare = [place for place, kinds in enumerate(found) if len(kinds["clients"]) <= CLIENTS_AT_MOST]
    if rare:
        parts = [_clients(place, words[place]) for place in rare]
        for place in rare:
            found[place]["clients"] = []
        for row in await db.rows(union_all(*parts)):
            found[row.place]["clients"].append(row.id)
    return [Word(word, **{kind: tuple(keys) for kind, keys in kinds.items()}) for word, kinds in zip(words, found, strict=True)]


def _clients(place: int, word: str) -> Select[*tuple[Any, ...]]:
    called_so = ClientRow.full_name.icontains(word, autoescape=True)
    found = select(ClientRow.id).where(occur(word, ClientRow.search), called_so).limit(CLIENTS_AT_MOST + 1).subquery()
    return select(literal(place, Integer).label("place"), found.c.id)


def _first_of_each(
    column: ColumnElement[Any], found: Sequence[UUID], wanted: Sequence[ColumnElement[bool]], most: int
) -> Select[*tuple[Any, ...]]:
    each = func.unnest(_ids(found)).table_valued(sql_column("id", Uuid)).render_derived()
    first = select(columns.id).where(column == each.c.id, *wanted).order_by(columns.starts_at, columns.id).limit(most).lateral()
    return select(first.c.id).select_from(each.join(first, true()))


def _ids(found: Sequence[UUID]) -> ColumnElement[Any]:
    return bindparam(None, list(found), type_=IDS, unique=True)
