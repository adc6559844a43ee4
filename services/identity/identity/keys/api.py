"""The published keys."""

from datetime import UTC, datetime
from typing import Any, Final

from chassis.http.conventions import Reading
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from identity.keys import queries

CACHE: Final = "public, max-age=300"

router = APIRouter(include_in_schema=False)


@router.get("/jwks.json")
async def jwks(db: Reading) -> JSONResponse:
    """Return the keys whose tokens are taken (RFC 7517, section 5)."""
    keys: dict[str, Any] = {"keys": await queries.public_keys(db, datetime.now(UTC))}
    return JSONResponse(keys, headers={"Cache-Control": CACHE})
