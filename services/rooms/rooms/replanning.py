"""A room goes down: what its sessions would do is shown first, confirmed once, and each is moved by its own saga."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, View
from chassis.problems import not_found
from chassis.text import Line
from contracts.rooms import Alternative
from contracts.scheduling import MoveSessions, SessionMove
from contracts.types import Flag, HoldId, Instant, ReplanId, RoomId, SessionId, new_id
from pydantic import ConfigDict, TypeAdapter, model_validator
from pydantic_core import to_jsonable_python
from sqlalchemy import Select, select

from rooms import places, replan, store
from rooms.board import Window, load_places, load_taken
from rooms.domain import Board, HoldStatus
from rooms.replan import Displaced, Placed
from rooms.resources import LONGEST_BLOCK_DAYS, NewBlock, RoomChanges
from rooms.search import find_alternatives
from rooms.store import TAKING, Hold, ReplanRow, Room

MOVES_IN_A_MESSAGE: Final = 500
OFFERED: Final = 3


class NewReplan(Body):
    """A room that goes out of use for a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "starts_at": "2026-12-07T08:00:00-05:00",
                    "ends_at": "2026-12-11T20:00:00-05:00",
                    "reason": "water damage",
                    "dry_run": True,
                }
            ]
        }
    )

    starts_at: Instant
    ends_at: Instant | None = None
    """Needed, unless the room goes out of use for good."""
    reason: Line
    deactivate: Flag = False
    """Takes the room out of use for good when it is confirmed."""
    dry_run: Flag = True
    """Only shows what would be done; confirm it afterwards."""
    block: Flag = True
    """Blocks the room for that time when it is confirmed."""

    @model_validator(mode="after")
    def _takes_time(self) -> "NewReplan":
        if self.deactivate:
            if self.ends_at is not None:
                message = "a room that goes out of use for good has no ends_at"
                raise ValueError(message)
        elif self.ends_at is None or not self.starts_at < self.ends_at or (self.ends_at - self.starts_at).days >= LONGEST_BLOCK_DAYS:
            message = f"ends_at must be after starts_at, by less than {LONGEST_BLOCK_DAYS} days; deactivate one that is gone for longer"
            raise ValueError(message)
        return self


class NamedRoom(View):
    """A room as people know it."""

    room_id: RoomId
    room_number: str
    room_name: str


class PlannedMove(View):
    """A session that gets another room at its own time."""

    session_id: SessionId
    hold_id: HoldId
    starts_at: Instant
    ends_at: Instant
    to_room: NamedRoom
    state: str = "proposed"
    """proposed | waiting | moved | refused (the other room is taken by now) | gone (cancelled, or moved by somebody else meanwhile)"""


class Unmoved(View):
    """A session for which no other room is free at its time."""

    session_id: SessionId
    hold_id: HoldId
    starts_at: Instant
    ends_at: Instant
    alternatives: list[Alternative]
    """Other times; somebody must ask the people."""


class Replan(View):
    """What becomes of the sessions of a room that goes out of use."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7d77-8e88-f90a1b2c3d98",
                    "room_id": "01890a5d-ac96-7f3c-8a10-4be1c2a95d21",
                    "starts_at": "2026-12-07T13:00:00Z",
                    "ends_at": "2026-12-12T01:00:00Z",
                    "reason": "water damage",
                    "block": True,
                    "deactivate": False,
                    "created_at": "2026-12-01T12:00:00Z",
                    "confirmed_at": None,
                    "moves": [],
                    "unmoved": [],
                }
            ]
        }
    )

    id: ReplanId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant | None
    """None when the room goes out of use for good."""
    reason: str
    block: bool
    deactivate: bool
    created_at: Instant
    confirmed_at: Instant | None
    """None while it is only proposed."""
    moves: list[PlannedMove]
    unmoved: list[Unmoved]


MOVES: Final = TypeAdapter(list[PlannedMove])
UNMOVED: Final = TypeAdapter(list[Unmoved])


async def propose(room_id: RoomId, body: NewReplan, tx: Transaction) -> Replan:
    """Find every session in the room during that time another room, and keep the plan; with no dry run confirm it at once."""
    room = await tx.find(Room, room_id)
    if room is None:
        raise not_found("room", room_id)
    holds = await store.taken_in(tx, [room_id], tx.now if body.deactivate else max(body.starts_at, tx.now), body.ends_at)
    displaced = [_displaced(hold) for hold in holds]
    board = _without(room_id, await load_places(tx, [room.site_id]))
    known = await load_taken(tx, board, [Window.of(each.wish) for each in displaced])
    placed = replan.place(displaced, known)
    homeless = {each.displaced.hold_id: each.displaced.wish for each in placed if each.room is None}
    found = await find_alternatives(tx, board, homeless, tx.now, OFFERED)
    row = ReplanRow(
        id=ReplanId(new_id()),
        room_id=room_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        block=body.block,
        deactivate=body.deactivate,
        created_at=tx.now,
        moves=_written([_move(each) for each in placed if each.room is not None]),
        unmoved=_written([_unmoved(each, found.get(each.displaced.hold_id, [])) for each in placed if each.room is None]),
    )
    tx.add(row)
    await tx.flush()
    return await _view(row, tx) if body.dry_run else await confirm(row.id, tx)


async def confirm(replan_id: ReplanId, tx: Transaction) -> Replan:
    """Block the room and have every planned session moved; each is checked again by a hold. Confirmed twice it is done once."""
    row = await tx.lock(ReplanRow, replan_id)
    if row is None:
        raise not_found("replan", replan_id)
    if row.confirmed_at is None:
        row.confirmed_at = tx.now
        if row.deactivate:
            await places.change_room(row.room_id, RoomChanges(is_active=False), None, tx, force=True)
        elif row.block and row.ends_at is not None:
            block = NewBlock(starts_at=row.starts_at, ends_at=row.ends_at, reason=row.reason)
            await places.add_block(row.room_id, block, tx, force=True)
        moves = [
            SessionMove(session_id=move.session_id, hold_id=move.hold_id, room_id=move.to_room.room_id)
            for move in MOVES.validate_python(row.moves, strict=False)
        ]
        for begin in range(0, len(moves), MOVES_IN_A_MESSAGE):
            tx.send(MoveSessions(replan_id=row.id, moves=tuple(moves[begin : begin + MOVES_IN_A_MESSAGE])))
    return await _view(row, tx)


async def find(replan_id: ReplanId, db: ReadSession) -> Replan:
    """Return a plan, and how far each session has come."""
    row = await db.find(ReplanRow, replan_id)
    if row is None:
        raise not_found("replan", replan_id)
    return await _view(row, db)


async def _view(row: ReplanRow, db: ReadSession) -> Replan:
    moves = MOVES.validate_python(row.moves, strict=False)
    if row.confirmed_at is not None:
        sessions = [move.session_id for move in moves]
        query = select(Hold.session_id, Hold.room_id, Hold.id).where(TAKING, Hold.session_id.in_(sessions), Hold.ends_at > row.starts_at)
        taking = {(taken.session_id, taken.room_id): taken.id for taken in await db.rows(query)}
        refused = {(each.session_id, each.room_id) for each in await db.rows(_refused(row, sessions))}
        moves = [move.model_copy(update={"state": _state(move, taking, refused, row.room_id)}) for move in moves]
    return Replan(
        id=row.id,
        room_id=row.room_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        block=row.block,
        deactivate=row.deactivate,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        moves=moves,
        unmoved=UNMOVED.validate_python(row.unmoved, strict=False),
    )


def _refused(row: ReplanRow, sessions: Sequence[SessionId]) -> Select[*tuple[Any, ...]]:
    """Select the holds that these sessions were refused since the plan was confirmed."""
    site = select(Room.site_id).where(Room.id == row.room_id).scalar_subquery()
    since = (Hold.starts_at >= row.starts_at) & (Hold.created_at >= row.confirmed_at)
    return select(Hold.session_id, Hold.room_id).where(
        Hold.status == HoldStatus.REFUSED, Hold.site_id == site, since, Hold.session_id.in_(sessions)
    )


def _state(move: PlannedMove, taking: dict[tuple[Any, Any], HoldId], refused: set[tuple[Any, Any]], former: RoomId) -> str:
    there = (move.session_id, move.to_room.room_id)
    if taking.get((move.session_id, former)) == move.hold_id:
        return "refused" if there in refused else "waiting"
    return "moved" if there in taking else "gone"


def _displaced(hold: Hold) -> Displaced:
    if hold.session_id is None:
        message = f"hold {hold.id} takes a room for nobody"
        raise ValueError(message)
    wish = replace(store.wish_of(hold), room_id=None, capacity=hold.capacity or 1, equipment=frozenset(hold.equipment))
    return Displaced(hold.id, hold.session_id, wish)


def _without(room_id: RoomId, board: Board) -> Board:
    """Return the board as if the room were out of use."""
    return replace(board, rooms={**board.rooms, room_id: replace(board.rooms[room_id], is_active=False)})


def _move(placed: Placed) -> PlannedMove:
    if placed.room is None:
        raise AssertionError
    to_room = NamedRoom(room_id=placed.room.id, room_number=placed.room.number, room_name=placed.room.name)
    return PlannedMove(to_room=to_room, **_about(placed.displaced))


def _unmoved(placed: Placed, alternatives: list[Alternative]) -> Unmoved:
    return Unmoved(alternatives=alternatives, **_about(placed.displaced))


def _about(displaced: Displaced) -> dict[str, Any]:
    times: dict[str, datetime] = {"starts_at": displaced.wish.starts_at, "ends_at": displaced.wish.ends_at}
    return {"session_id": displaced.session_id, "hold_id": displaced.hold_id, **times}


def _written(views: Sequence[View]) -> list[dict[str, Any]]:
    return [to_jsonable_python(view) for view in views]
