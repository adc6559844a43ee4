"""The HTTP edge's conventions: parameters of lists, versions, idempotent units of work, waiting for a decision."""

import asyncio
import hashlib
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.access.callers import Caller
from chassis.data import idempotency
from chassis.data.database import CommitUnknownError, Database, ReadSession, Snapshot, Transaction
from chassis.data.idempotency import Key
from chassis.database_errors import collided, lost, taken
from chassis.driver.connections import WrittenJson
from chassis.files.threads import in_thread
from chassis.rows.paging import MAX_PAGE
from chassis.text import PRINTABLE

LONGEST_WAIT_S: Final = 30
ATTEMPTS: Final = 3
"""Of work that lost its connection."""
ATTEMPTS_OF_COLLIDING: Final = 6
"""Of work that met another transaction: a deadlock, or a row that was made first by somebody else."""
FIRST_PAUSE_S: Final = 0.01
PATIENCE_S: Final = 12.0
"""Work that took longer is not tried again: its caller waits."""
WAIT: Final = re.compile(r"""\s*wait\s*=\s*(?P<quote>"?)(?P<seconds>\d{1,9})(?P=quote)\s*(;.*)?""", re.ASCII | re.IGNORECASE)
"""The preference ``wait`` of RFC 7240, section 4.3."""
VERSION: Final = r'^(\*|(W/)?"?[0-9]{1,9}"?)$'
"""A version as If-Match carries it."""

Model = TypeVar("Model", bound=BaseModel)


Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on one page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="next_cursor of the page before.")]


def _read_version(if_match: object) -> int | None:
    version = re.fullmatch(r'\s*(?:\*|(?:W/)?"?(\d{1,9})"?)\s*', str(if_match), re.ASCII)
    if version is None:
        message = "if_match_parsing"
        raise PydanticCustomError(message, 'If-Match carries the version you saw, such as "3"')
    return int(version[1]) if version[1] else None


_Version = Annotated[
    int | None, BeforeValidator(_read_version), WithJsonSchema({"type": "string", "pattern": VERSION, "examples": ['"3"']})
]


async def _expected_version(
    if_match: Annotated[_Version, Header(description="The version that you saw; another one there now answers 412.")] = None,
) -> int | None:
    return if_match


IfMatch = Annotated[int | None, Depends(_expected_version)]


async def _patience(
    response: Response,
    prefer: Annotated[
        str | None,
        Header(description="`wait=10`: answer when the decision is there, at most 30 s. What cannot be read is ignored (RFC 7240)."),
    ] = None,
) -> float:
    wait = next(filter(None, map(WAIT.fullmatch, (prefer or "").split(","))), None)
    if wait is None:
        return 0.0
    applied = min(int(wait["seconds"]), LONGEST_WAIT_S)
    response.headers["Preference-Applied"] = f"wait={applied}"
    return float(applied)


Patience = Annotated[float, Depends(_patience)]
"""Seconds that the caller is ready to wait (RFC 7240); the answer states in Preference-Applied how many were applied."""


async def _user(
    request: Request,
    x_forwarded_user: Annotated[
        str,
        Header(
            max_length=100,
            pattern=PRINTABLE,
            description="Who makes the request, as the front names them; a token names them instead.",
        ),
    ] = "unknown",
) -> str:
    caller: Caller | None = request.scope.get("caller")
    return x_forwarded_user if caller is None else caller.name


User = Annotated[str, Depends(_user)]
"""Who makes the request, as the front names them."""


def _database(request: Request) -> Database:
    return request.app.state.database


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with _database(request).reading() as session:
        yield session


Reading = Annotated[ReadSession, Depends(_reading)]


async def _snapshot(request: Request) -> AsyncIterator[Snapshot]:
    async with _database(request).snapshot() as session:
        yield session


OneMoment = Annotated[Snapshot, Depends(_snapshot)]
"""For answers of several statements that must agree, and for those that are streamed: open until the last byte is sent."""


async def _key(
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=255, min_length=1, description="Makes a repetition harmless.")] = None,
) -> Key | None:
    if idempotency_key is None:
        return None
    fingerprint = hashlib.sha256(request.url.query.encode() + b"\0" + await request.body()).digest()
    return Key(f"{request.method} {request.url.path}", idempotency_key, fingerprint)


RequestKey = Annotated[Key | None, Depends(_key)]


class UnitOfWork:
    """Does the work of one request in one transaction, once per Idempotency-Key."""

    def __init__(self, database: Database, response: Response, key: Key | None) -> None:
        """Begin nothing yet."""
        self._database = database
        self._response = response
        self._key = key

    async def __call__(self, work: Callable[[Transaction], Awaitable[Model]], model: type[Model], *, is_large: bool = False) -> Model:
        """Run ``work``, or repeat the answer that the same key was given before; one that ``is_large`` is written beside the event loop."""
        began = time.monotonic()
        for attempt in range(1, ATTEMPTS_OF_COLLIDING + 1):
            try:
                async with self._database.transaction() as tx:
                    if self._key is None:
                        return await work(tx)
                    return await self._once(self._key, work, model, tx, is_large=is_large)
            except Exception as error:
                repeatable = self._key is not None or not isinstance(error, CommitUnknownError)
                takes_turns = collided(error) or taken(error)
                if attempt >= (ATTEMPTS_OF_COLLIDING if takes_turns else ATTEMPTS) or not repeatable or not (takes_turns or lost(error)):
                    raise
                if time.monotonic() - began > PATIENCE_S:
                    raise
            if takes_turns:  # those who collided try again one after the other
                await asyncio.sleep(random.uniform(0, FIRST_PAUSE_S * 2**attempt))  # noqa: S311 (no secret)
        raise AssertionError

    async def _once(
        self, key: Key, work: Callable[[Transaction], Awaitable[Model]], model: type[Model], tx: Transaction, *, is_large: bool
    ) -> Model:
        claims = await idempotency.claim(tx, [key])
        if refusal := claims.refusal(key):
            raise refusal
        if key in claims.answers:
            self._response.headers["Idempotent-Replayed"] = "true"
            known = claims.answers[key]
            return await in_thread(model.model_validate, known) if is_large else model.model_validate(known)
        answer = await work(tx)
        kept = WrittenJson(await in_thread(answer.model_dump_json)) if is_large else answer.model_dump(mode="json")
        idempotency.remember(tx, {key: kept})
        return answer


async def large(answer: BaseModel, response: Response, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer that is written beside the event loop, with the headers of ``response``."""
    written = Response(await in_thread(answer.model_dump_json, by_alias=True), status, media_type="application/json")
    written.headers.raw.extend(response.headers.raw)
    return written


async def _unit_of_work(request: Request, response: Response, key: RequestKey) -> UnitOfWork:
    return UnitOfWork(_database(request), response, key)


Once = Annotated[UnitOfWork, Depends(_unit_of_work)]
