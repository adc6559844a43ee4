"""The HTTP edge of re-planning: a room goes out of use and its sessions find others."""

from chassis.edge import Once, Reading
from chassis.problems import documented
from contracts.types import ReplanId, RoomId
from fastapi import APIRouter

from rooms import replanning
from rooms.replanning import NewReplan, Replan

router = APIRouter(tags=["re-planning"])


@router.post("/rooms/{room_id}/replan", operation_id="replan_room", summary="Find other rooms for a room's sessions",
             responses=documented(404))  # fmt: skip
async def replan_room(room_id: RoomId, body: NewReplan, once: Once) -> Replan:
    """Show where each session would go; confirm the plan, or say `dry_run: false` to do it at once."""
    return await once(lambda tx: replanning.propose(room_id, body, tx), Replan)


@router.post("/replans/{replan_id}/confirm", operation_id="confirm_replan", summary="Do what a plan proposes", responses=documented(404))
async def confirm_replan(replan_id: ReplanId, once: Once) -> Replan:
    """Block the room and move every planned session through its saga; what was taken meanwhile is refused and stays."""
    return await once(lambda tx: replanning.confirm(replan_id, tx), Replan)


@router.get("/replans/{replan_id}", operation_id="find_replan", summary="How far a plan has come", responses=documented(404))
async def find_replan(replan_id: ReplanId, db: Reading) -> Replan:
    """Return a plan and the state of each of its moves."""
    return await replanning.find(replan_id, db)
