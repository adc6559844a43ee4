"""Finds sessions by words: who and what each word may stand for is looked up first, and then their sessions by an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.rows.search import ESCAPED, occur
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY

from scheduling.people.queries import CLIENTS, THERAPISTS
from scheduling.replicas.queries import ROOMS, SERVICES
from scheduling.sessions.queries import IS_GROUP, SESSIONS

CLIENTS_AT_MOST: Final = 200
"""Whose sessions are read one by one; where more are called so, the sessions in order soon have enough of theirs."""
OTHERS_AT_MOST: Final = 20
"""The same for therapists and rooms, which have many more sessions each."""
WALKED_AT_MOST: Final = 1_000
"""Clients, in the order of names, among whom a word is looked for first."""
KINDS: Final = ("clients", "therapists", "rooms", "services")
"""What a word may stand for."""
columns: Final = SESSIONS.c
TREATED: Final = CLIENTS.alias().c
"""Whom a session is for; made once, because an alias takes longer than a statement."""
IDS: Final = ARRAY(Uuid, dimensions=1)


stated: Final = (
    func.unnest(bindparam("words", type_=ARRAY(Text))).table_valued(sql_column("word", Text), with_ordinality="place").render_derived()
)
_first_clients: Final = (
    select(CLIENTS.c.id, CLIENTS.c.full_name)
    .order_by(CLIENTS.c.full_name, CLIENTS.c.id)
    .limit(bindparam("walked", type_=Integer))
    .subquery()
    .c
)
_near_clients: Final = (
    select(_first_clients.id).where(_first_clients.full_name.ilike(stated.c.word)).limit(bindparam("most", type_=Integer)).lateral()
)


def _called_so(kind: str, table: Table, *names: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    called_so = or_(*(name.ilike(stated.c.word) for name in names))
    return select(stated.c.place, literal_column(f"'{kind}'").label("kind"), table.c.id).select_from(stated.join(table, called_so))


NEAR: Final = union_all(
    select(stated.c.place, literal_column("'clients'").label("kind"), _near_clients.c.id).select_from(stated.join(_near_clients, true())),
    _called_so("therapists", THERAPISTS, THERAPISTS.c.full_name),
    _called_so("rooms", ROOMS, ROOMS.c.room_number),
    _called_so("services", SERVICES, SERVICES.c.service_code, SERVICES.c.service_name),
)
"""Which of the first clients, and which therapists, rooms and services are called as each of the ``words`` (patterns)."""


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
        """Whether nothing that is searched has these words."""
        return not (self.clients or self.therapists or self.rooms or self.services)

    @property
    def is_narrow(self) -> bool:
        """Whether the sessions of each whom it may stand for can be read one by one."""
        return not (self.services or self._has_more_clients) and len(self.therapists) + len(self.rooms) <= OTHERS_AT_MOST

    @property
    def _has_more_clients(self) -> bool:
        return len(self.clients) > CLIENTS_AT_MOST

    def fits(self) -> ColumnElement[bool]:
        """Whether a session has a person, service or room with these words."""
        others = ((columns.therapist_id, self.therapists), (columns.room_id, self.rooms), (columns.service_id, self.services))
        return or_(self._fits_client(), *(column == any_(_ids(found)) for column, found in others if found))

    def _fits_client(self) -> ColumnElement[bool]:
        if not self._has_more_clients:
            clients = _ids(self.clients)
            return or_(columns.client_id == any_(clients), and_(IS_GROUP, columns.other_client_ids.overlap(clients)))
        called_so = TREATED.full_name.ilike(_pattern(self.text))
        in_group = exists().where(TREATED.id == func.any(columns.other_client_ids), called_so)
        return or_(exists().where(TREATED.id == columns.client_id, called_so), and_(IS_GROUP, in_group))

    def first(self, wanted: Sequence[ColumnElement[bool]], most: int) -> CompoundSelect[*tuple[Any, ...]]:
        """Select the first sessions of each whom a narrow word may stand for, by the index on theirs."""
        stated = ((columns.client_id, self.clients), (columns.therapist_id, self.therapists), (columns.room_id, self.rooms))
        parts = [_first_of_each(column, found, wanted, most) for column, found in stated if found]
        if self.clients:
            of_groups = select(columns.id).where(IS_GROUP, columns.other_client_ids.overlap(_ids(self.clients)), *wanted)
            parts.append(of_groups.order_by(columns.starts_at, columns.id).limit(most))
        return union_all(*parts)


async def look_up(db: ReadSession, words: Sequence[str]) -> list[Word]:
    """Find who and what these words may stand for: first among the few others and some clients, then clients by the index of their search.

    A word that many of some clients are called by is not looked up in the index, which would return all who are called so.
    """
    if not words:
        return []
    parameters = {"words": [_pattern(word) for word in words], "walked": WALKED_AT_MOST, "most": CLIENTS_AT_MOST + 1}
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
    called_so = CLIENTS.c.full_name.ilike(_pattern(word))
    found = select(literal(place, Integer).label("place"), CLIENTS.c.id).where(occur(word, CLIENTS.c.search), called_so)
    return found.limit(CLIENTS_AT_MOST + 1)


def _pattern(word: str) -> str:
    return f"%{word.translate(ESCAPED)}%"


def _first_of_each(
    column: ColumnElement[Any], found: Sequence[UUID], wanted: Sequence[ColumnElement[bool]], most: int
) -> Select[*tuple[Any, ...]]:
    each = func.unnest(_ids(found)).table_valued(sql_column("id", Uuid)).render_derived()
    first = select(columns.id).where(column == each.c.id, *wanted).order_by(columns.starts_at, columns.id).limit(most).lateral()
    return select(first.c.id).select_from(each.join(first, true()))


def _ids(found: Sequence[UUID]) -> ColumnElement[Any]:
    """Return ids as a subquery: with the array itself PostgreSQL makes a plan for each execution, which takes longer than to run it."""
    return func.array(select(func.unnest(bindparam(None, list(found), type_=IDS, unique=True))).scalar_subquery(), type_=IDS)
