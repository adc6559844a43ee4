"""A room goes down or is changed: what its sessions would do is shown first, confirmed once, and each is moved by its own saga."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chassis.bodies.models import View
from chassis.data.database import ReadSession, Transaction
from chassis.rows.changes import require
from contracts.rooms import Alternative
from contracts.scheduling import MoveSessions, SessionMove
from contracts.types import HoldId, ReplanId, RoomId, new_id
from pydantic import MISSING, TypeAdapter
from pydantic_core import to_json, to_jsonable_python

from rooms.closures import use_cases as closures_use_cases
from rooms.holds.queries import displaced_from, find_alternatives, load_occupancy, refused_since, where_now
from rooms.holds.rules import Displaced, Window
from rooms.places import use_cases as places_use_cases
from rooms.places.facts import Places, has_enough
from rooms.places.queries import find_room, load_places
from rooms.places.schemas import NewBlock, RoomChanges, RoomView
from rooms.replanning import relocation
from rooms.replanning.relocation import Placed
from rooms.replanning.schemas import NamedRoom, NewReplan, PlannedMove, Replan, Unmoved
from rooms.replanning.tables import ReplanRow

MOVES_IN_A_MESSAGE: Final = 500

OFFERED: Final = 3

MOVES: Final = TypeAdapter(list[PlannedMove])

UNMOVED: Final = TypeAdapter(list[Unmoved])


async def propose(room_id: RoomId, body: NewReplan, tx: Transaction) -> Replan:
    """Find every session in the room during that time another room, and keep the plan."""
    room = await find_room(tx, room_id)
    displaced = await displaced_from(tx, room_id, tx.now if body.ends_at is None else max(body.starts_at, tx.now), body.ends_at)
    if body.changes is not None:
        displaced = [each for each in displaced if each.need.starts_at > tx.now and not _has_enough(each, room, body.changes)]
    places = _without(room_id, await load_places(tx, [room.site_id]))
    known = await load_occupancy(tx, places, [Window.of(each.need) for each in displaced])
    placed = relocation.place(displaced, known)
    unplaced = {each.displaced.hold_id: each.displaced.need for each in placed if each.room is None}
    found = await find_alternatives(tx, places, unplaced, tx.now, OFFERED)
    row = ReplanRow(
        id=ReplanId(new_id()),
        room_id=room_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        block=body.block,
        deactivate=body.deactivate,
        changes=None if body.changes is None else to_jsonable_python(body.changes),
        created_at=tx.now,
        moves=_written([_move(each) for each in placed if each.room is not None]),
        unmoved=_written([_unmoved(each, found.get(each.displaced.hold_id, [])) for each in placed if each.room is None]),
    )
    tx.add(row)
    await tx.flush()
    return await _view(row, tx)


async def confirm(replan_id: ReplanId, tx: Transaction) -> Replan:
    """Block the room and have every planned session moved; each is checked again by a hold. Confirmed twice it is done once.

    NotFound when there is no such plan.
    """
    row = require(await tx.lock(ReplanRow, replan_id), "replan", replan_id)
    if row.confirmed_at is None:
        row.confirmed_at = tx.now
        changes = RoomChanges(is_active=False) if row.deactivate else _changes(row.changes)
        if changes is not None:
            before, room = await closures_use_cases.alter_room(row.room_id, changes, None, tx, force=True)
            if room.version != before.version:
                tx.send(places_use_cases.room_changed(room))
        elif row.block and row.ends_at is not None:
            wanted = NewBlock(starts_at=row.starts_at, ends_at=row.ends_at, reason=row.reason)
            room, block = await closures_use_cases.block_room(row.room_id, wanted, tx, force=True)
            tx.send(places_use_cases.room_blocked(room, block))
        moves = [
            SessionMove(session_id=move.session_id, hold_id=move.hold_id, room_id=move.to_room.room_id)
            for move in MOVES.validate_python(row.moves, strict=False)
        ]
        for begin in range(0, len(moves), MOVES_IN_A_MESSAGE):
            tx.send(MoveSessions(replan_id=row.id, moves=tuple(moves[begin : begin + MOVES_IN_A_MESSAGE])))
    return await _view(row, tx)


async def find(replan_id: ReplanId, db: ReadSession) -> Replan:
    """Return a plan, and how far each session has come; NotFound when there is none."""
    return await _view(require(await db.find(ReplanRow, replan_id), "replan", replan_id), db)


async def _view(row: ReplanRow, db: ReadSession) -> Replan:
    moves = MOVES.validate_python(row.moves, strict=False)
    if row.confirmed_at is not None:
        sessions = [move.session_id for move in moves]
        taking = await where_now(db, sessions, row.starts_at)
        site_id = (await find_room(db, row.room_id)).site_id
        refused = await refused_since(db, sessions, site_id, row.starts_at, row.confirmed_at)
        moves = [move.model_copy(update={"state": _state(move, taking, refused, row.room_id)}) for move in moves]
    return Replan(
        id=row.id,
        room_id=row.room_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        block=row.block,
        deactivate=row.deactivate,
        changes=_changes(row.changes),
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        moves=moves,
        unmoved=UNMOVED.validate_python(row.unmoved, strict=False),
    )


def _state(move: PlannedMove, taking: dict[tuple[Any, Any], HoldId], refused: set[tuple[Any, Any]], former: RoomId) -> str:
    there = (move.session_id, move.to_room.room_id)
    if taking.get((move.session_id, former)) == move.hold_id:
        return "refused" if there in refused else "waiting"
    return "moved" if there in taking else "gone"


def _changes(written: dict[str, Any] | None) -> RoomChanges | None:
    return None if written is None else RoomChanges.model_validate_json(to_json(written))


def _has_enough(displaced: Displaced, room: RoomView, changes: RoomChanges) -> bool:
    """Return whether a room has what a session needs after these changes."""
    capacity = room.capacity if changes.capacity is MISSING else changes.capacity
    equipment = room.equipment if changes.equipment is MISSING else changes.equipment
    return has_enough(capacity, equipment, displaced.need.capacity, displaced.need.equipment)


def _without(room_id: RoomId, places: Places) -> Places:
    """Return the places as if the room were out of use."""
    return replace(places, rooms={**places.rooms, room_id: replace(places.rooms[room_id], is_active=False)})


def _move(placed: Placed) -> PlannedMove:
    if placed.room is None:
        raise AssertionError
    to_room = NamedRoom(room_id=placed.room.id, room_number=placed.room.number, room_name=placed.room.name)
    return PlannedMove(to_room=to_room, **_about(placed.displaced))


def _unmoved(placed: Placed, alternatives: list[Alternative]) -> Unmoved:
    return Unmoved(alternatives=alternatives, **_about(placed.displaced))


def _about(displaced: Displaced) -> dict[str, Any]:
    times: dict[str, datetime] = {"starts_at": displaced.need.starts_at, "ends_at": displaced.need.ends_at}
    return {"session_id": displaced.session_id, "hold_id": displaced.hold_id, **times}


def _written(views: Sequence[View]) -> list[dict[str, Any]]:
    return [to_jsonable_python(view) for view in views]
