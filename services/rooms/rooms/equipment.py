"""The words for what rooms have: a vocabulary that grows with the rooms, each word with a label for people."""

from collections.abc import Collection
from typing import Final

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View
from chassis.problems import conflict, not_found
from chassis.text import Line
from contracts.types import Equipment, RoomId
from pydantic import ConfigDict
from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from rooms.store import EquipmentRow, Room

MOST_WORDS: Final = 1_000
NAMED_AT_MOST: Final = 20


class Label(Body):
    """What people call it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "Video link"}]})

    label: Line


class NewWord(Label):
    """A word for something that rooms may have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "sand_tray", "label": "Sand tray"}]})

    name: Equipment
    """What rooms and wishes say."""


class EquipmentView(View):
    """Something that rooms have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "video", "label": "Video link", "rooms": 4}]})

    name: Equipment
    """What rooms and wishes say."""
    label: str
    """What people call it."""
    rooms: int
    """How many rooms have it."""


async def learn(words: Collection[str], tx: Transaction) -> None:
    """Take new words into the vocabulary, under a label made of the word."""
    if words:
        new = [{"name": name, "label": name.replace("_", " ").capitalize()} for name in sorted(words)]
        await tx.execute(insert(EquipmentRow).values(new).on_conflict_do_nothing())


async def list_words(db: ReadSession) -> Page[EquipmentView]:
    """Return the vocabulary."""
    having = select(func.count()).where(EquipmentRow.name == func.any(Room.equipment)).scalar_subquery()
    query = select(EquipmentRow.name, EquipmentRow.label, having.label("rooms")).order_by(EquipmentRow.name)
    return Page(items=[EquipmentView.model_validate(row) for row in await db.rows(query.limit(MOST_WORDS))])


async def add_word(body: NewWord, tx: Transaction) -> EquipmentView:
    """Take a word into the vocabulary before any room has it."""
    added = insert(EquipmentRow).values(name=body.name, label=body.label).on_conflict_do_nothing()
    if not await tx.execute(added):
        raise conflict("equipment-known", f"The vocabulary has {body.name} already. Change its label instead.")
    return EquipmentView(name=body.name, label=body.label, rooms=0)


async def change_word(name: str, body: Label, tx: Transaction) -> EquipmentView:
    """Give a word another label."""
    row = await tx.lock(EquipmentRow, name)
    if row is None:
        what = "equipment"
        raise not_found(what, name)
    row.label = body.label
    return EquipmentView(name=name, label=body.label, rooms=len(await _rooms_with(name, tx)))


async def remove_word(name: str, tx: Transaction) -> EquipmentView:
    """Take a word that no room has out of the vocabulary."""
    row = await tx.lock(EquipmentRow, name)
    if row is None:
        what = "equipment"
        raise not_found(what, name)
    if rooms := await _rooms_with(name, tx):
        detail = f"{len(rooms)} rooms have {name}. Take it out of them first."
        raise conflict("equipment-in-use", detail, room_ids=rooms[:NAMED_AT_MOST])
    await tx.execute(delete(EquipmentRow).where(EquipmentRow.name == name))
    return EquipmentView(name=name, label=row.label, rooms=0)


async def _rooms_with(name: str, tx: Transaction) -> list[RoomId]:
    return list(await tx.scalars(select(Room.id).where(literal(name) == func.any(Room.equipment)).order_by(Room.room_number)))
