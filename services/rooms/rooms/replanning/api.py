"""The HTTP edge of re-planning: a room goes out of use and its sessions find others, now or in imagination."""

from datetime import UTC, datetime

from chassis.data.database import Transaction
from chassis.http.conventions import Once, Reading
from chassis.http.problems import documented
from contracts.types import ReplanId, RoomId
from fastapi import APIRouter

from rooms.replanning import queries, use_cases
from rooms.replanning.schemas import Answer, NewReplan, Question, Replan

router = APIRouter(tags=["re-planning"])


@router.post("/rooms/{room_id}/replan", operation_id="replan_room", summary="Find other rooms for a room's sessions",
             responses=documented(404))  # fmt: skip
async def replan_room(room_id: RoomId, body: NewReplan, once: Once) -> Replan:
    """Show where each session would go; confirm the plan, or send `dry_run: false` to do it at once."""

    async def replan(tx: Transaction) -> Replan:
        plan = await use_cases.propose(room_id, body, tx)
        return plan if body.dry_run else await use_cases.confirm(plan.id, tx)

    return await once(replan, Replan)


@router.post("/replans/{replan_id}/confirm", operation_id="confirm_replan", summary="Do what a plan proposes", responses=documented(404))
async def confirm_replan(replan_id: ReplanId, once: Once) -> Replan:
    """Block the room and move every planned session through its saga; what was taken meanwhile is refused and stays."""
    return await once(lambda tx: use_cases.confirm(replan_id, tx), Replan)


@router.get("/replans/{replan_id}", operation_id="find_replan", summary="How far a plan has come", responses=documented(404))
async def find_replan(replan_id: ReplanId, db: Reading) -> Replan:
    """Return a plan and the state of each of its moves."""
    return await use_cases.find(replan_id, db)


@router.post("/what-if", operation_id="what_if", summary="What would have become of a month's sessions with other rooms",
             responses=documented(404))  # fmt: skip
async def what_if_rooms(body: Question, db: Reading) -> Answer:
    """Close, add or buffer rooms in a time that has passed: who would have moved, who would have had none; nothing is written."""
    return await queries.imagine(body, db, datetime.now(UTC))
