"""The route of timelines."""

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from contracts.types import SessionId
from fastapi import APIRouter

from scheduling.timelines import queries
from scheduling.timelines.schemas import Timeline

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.get("/{session_id}/timeline", summary="Every step of its saga", operation_id="get_timeline", responses=documented(404))
async def get_timeline(session_id: SessionId, db: Reading) -> Timeline:
    """Return what happened to a session, step by step."""
    return await queries.get_timeline(db, session_id)
