"""What operators read and do in a service: its state, its queues, and its parked messages."""

import asyncio
import codecs
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import structlog
from contracts.envelope import UnreadableError
from fastapi import APIRouter, Query
from pydantic import ValidationError
from pydantic_core import from_json
from sqlalchemy import Row
from sqlalchemy.exc import SQLAlchemyError

from chassis.bodies.findings import sentence_of
from chassis.data.database import Database
from chassis.errors import Conflict, Unavailable
from chassis.http.conventions import Limit
from chassis.http.problems import documented
from chassis.messaging import unroutable
from chassis.messaging.broker import BROKER_ERRORS, Broker, Depth, UndeliverableError
from chassis.operations.dead_letters import DeadLetter, LeaseBusyError, ParkedCount, count_unless_leased, lease
from chassis.operations.health import CHECK_TIMEOUT_S, Check, OutboxDepth, look_at_outbox, run_checks
from chassis.operations.schemas import (
    Discard,
    Discarded,
    Operations,
    Outbox,
    ParkedMessage,
    ParkedMessages,
    Part,
    Queue,
    Redrive,
    Redriven,
    Where,
)
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import SETTLED

if TYPE_CHECKING:
    from chassis.messaging.inbox import Consumers, Unsettled
    from chassis.settings import Settings

LARGEST_SHOWN: Final = 64 * 1024
"""Bytes of a body that is shown."""
SHOWN_TOGETHER: Final = 1024 * 1024
"""Bytes of all bodies in one answer; each has an equal share."""
BYTES_SHOWN: Final = 1024
"""Bytes of a body that is neither JSON nor text."""
MOST_EXPLAINED: Final = 5
"""What is wrong with a body is put into words up to here."""
UNROUTABLE: Final = "The broker does not take it: nobody is bound to it, or a queue is full. It is tried again by itself."

log = structlog.get_logger()


def operations(settings: "Settings", database: Database, broker: Broker, consumers: "Consumers", checks: Mapping[str, Check]) -> APIRouter:
    """Answer ``/operations`` and what is below it."""
    router = APIRouter(prefix="/operations", tags=["operations"])
    started_at, parked_count = datetime.now(UTC), ParkedCount(broker)

    @router.get("", operation_id="operations", summary="How the service is and what waits in it")
    async def overview() -> Operations:
        """Answer also while parts are away: what cannot be known then is null."""
        found, inbox, parked, outbox = await asyncio.gather(
            run_checks(checks), broker.depth(broker.inbox), parked_count.now(), _outbox(database)
        )
        return Operations(
            service=settings.service,
            release=settings.release,
            role=settings.role,
            started_at=started_at,
            uptime_seconds=round((datetime.now(UTC) - started_at).total_seconds(), 1),
            is_ready=not any(found.values()),
            checks=[Part(part=part, answers=problem is None, reason=problem) for part, problem in found.items()],
            outbox=outbox and Outbox(waiting=outbox.waiting, oldest_seconds=round(outbox.oldest_s, 1), parked=outbox.parked),
            inbox=inbox and _inbox(inbox, consumers.unsettled()),
            parked_messages=parked,
        )

    @router.get("/parked", operation_id="list_parked", summary="Messages that a human must look at", responses=documented(409))
    async def list_parked(
        limit: Limit = 50,
        message_id: Annotated[str | None, Query(alias="id", max_length=100, description="Only the one with this id.")] = None,
    ) -> ParkedMessages:
        """Look at what the service could not act on, and at what nobody takes from it; everything stays where it is.

        The more messages are listed, the less is shown of a long body: all of them together are at most 1 MiB.
        """
        wanted = None if message_id is None else [message_id]
        dead_letters, total = list[DeadLetter](), 0
        with _broker_errors():
            if await count_unless_leased(broker) != 0:
                async with lease(broker) as taken:
                    dead_letters, total = taken.named(wanted)[:limit], taken.total
        async with database.reading() as db:
            event_ids = None if wanted is None else _event_ids(wanted)
            unroutable_rows = await unroutable.rows(db, limit - len(dead_letters), event_ids)
            waiting = (await look_at_outbox(db)).parked
        share = min(LARGEST_SHOWN, SHOWN_TOGETHER // max(1, len(dead_letters) + len(unroutable_rows)))
        items = [_dead_letter(dead_letter, consumers, share) for dead_letter in dead_letters]
        return ParkedMessages(items=[*items, *(_unroutable(row, share) for row in unroutable_rows)], in_queue=total, in_outbox=waiting)

    @router.post("/parked/redrive", operation_id="redrive_parked", summary="Act on parked messages again", responses=documented(409))
    async def redrive(body: Redrive | None = None) -> Redriven:
        """Put them back into the inbox, in the order in which they were parked; what nobody took from here is tried again at once.

        One that acted already is known by its id and changes nothing. One that cannot be acted on now either is parked again.
        """
        requested = body or Redrive()
        with _broker_errors():
            async with lease(broker) as taken:
                wanted = taken.named(requested.ids)[: requested.limit]
                put_back = await taken.redrive(wanted)
                left = taken.total
        async with database.transaction() as tx:
            tried = await unroutable.retry(tx, None if requested.ids is None else _event_ids(requested.ids))
        database.on_outgoing_messages()
        SETTLED.labels("redriven").inc(len(put_back))
        log.info("parked messages are put back", count=len(put_back), outbox=len(tried))
        found = {dead_letter.id for dead_letter in wanted} | {str(event_id) for event_id in tried}
        return Redriven(redriven=len(put_back), tried_again=len(tried), not_found=_missing(requested.ids, found), left=left)

    @router.post("/parked/discard", operation_id="discard_parked", summary="Discard parked messages", responses=documented(409))
    async def discard(body: Discard) -> Discarded:
        """Nobody will ever act on them; the log keeps their ids, their types and the reason, but not their contents."""
        with _broker_errors():
            async with lease(broker) as taken:
                unwanted = taken.named(body.ids)
                await taken.drop(unwanted)
        async with database.transaction() as tx:
            dropped = await unroutable.discard(tx, _event_ids(body.ids))
        gone = [(dead_letter.id, dead_letter.type) for dead_letter in unwanted] + [(str(row.event_id), row.type) for row in dropped]
        for message_id, type_ in gone:
            log.warning("a parked message is discarded", type=type_, message_id=message_id, reason=body.reason.value)
        SETTLED.labels("discarded").inc(len(gone))
        return Discarded(discarded=len(gone), not_found=_missing(body.ids, {message_id for message_id, _ in gone}))

    return router


@contextmanager
def _broker_errors() -> Iterator[None]:
    """Turn errors of the broker and of the dead letters' lease into refusals."""
    try:
        yield
    except LeaseBusyError as error:
        detail = "Another request is working on the parked messages. Try again shortly."
        raise Conflict("parked-messages-leased", detail) from error
    except UndeliverableError as error:
        detail = f"The inbox does not take the messages back: {error}. Those that it did not take are still parked."
        raise Unavailable("inbox-refuses", detail) from error
    except BROKER_ERRORS as error:
        detail = "The message broker does not answer right now. No message is lost; look again before you repeat this."
        raise Unavailable("broker-away", detail) from error


def _inbox(depth: Depth, unsettled: "Unsettled") -> Queue:
    return Queue(
        messages=depth.messages,
        consumers=depth.consumers,
        unacknowledged=unsettled.count,
        unacknowledged_for_long=unsettled.for_long,
        oldest_unacknowledged_seconds=round(unsettled.oldest_s, 1),
    )


async def _outbox(database: Database) -> OutboxDepth | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S), database.reading() as db:
            return await look_at_outbox(db)
    except (SQLAlchemyError, OSError, TimeoutError):
        return None


def _dead_letter(dead_letter: DeadLetter, consumers: "Consumers", share: int) -> ParkedMessage:
    headers, body = dead_letter.delivery.headers, dead_letter.delivery.body
    return ParkedMessage(
        id=dead_letter.id,
        where=Where.INBOX,
        type=dead_letter.type,
        since=dead_letter.rejected_at,
        reason=dead_letter.reason,
        explanation=_explained(consumers.refusal(headers, body), dead_letter.unreadable),
        attempts=dead_letter.attempts,
        size=len(body),
        **_shown(body, share),
    )


def _unroutable(row: Row[*tuple[Any, ...]], share: int) -> ParkedMessage:
    return ParkedMessage(
        id=str(row.event_id),
        where=Where.OUTBOX,
        type=row.type,
        since=row.written_at,
        reason="undeliverable",
        explanation=UNROUTABLE,
        size=len(row.body),
        **_shown(row.body, share),
    )


def _explained(refusal: Exception | None, unreadable: str | None) -> str:
    if refusal is None and unreadable:
        return f"It could not be read when it was parked: {unreadable}. It can be read now, and is handled when it is put back."
    if refusal is None:
        return "It can be read; handling it failed or was never finished when it was last tried, and the log has the reason."
    if isinstance(refusal, ValidationError):
        found = refusal.errors(include_url=False, include_input=False)[:MOST_EXPLAINED]
        wrong = " ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {sentence_of(each)}" for each in found)
        return f"Its body is not one of {refusal.title}. {wrong}"
    if isinstance(refusal, UnreadableError):
        return f"Its headers are not those of a message: {refusal}."
    return describe(refusal)


def _shown(body: bytes, share: int) -> dict[str, Any]:
    """Return a body of at most ``share`` bytes as JSON or as text, and how a longer one, or one that is neither, begins."""
    truncated = len(body) > share
    if not truncated:
        with suppress(ValueError):
            return {"body": from_json(body), "truncated": False}
    with suppress(UnicodeDecodeError):
        return {"text": codecs.getincrementaldecoder("utf-8")().decode(body[:share], final=not truncated), "truncated": truncated}
    return {"base64": b64encode(body[: min(BYTES_SHOWN, share)]).decode(), "truncated": len(body) > min(BYTES_SHOWN, share)}


def _event_ids(ids: Sequence[str]) -> list[UUID]:
    found: list[UUID] = []
    for each in ids:
        try:
            found.append(UUID(each))
        except ValueError:
            continue  # a digest, which only dead letters have
    return found


def _missing(ids: Sequence[str] | None, done: set[str]) -> list[str]:
    return [each for each in ids or () if each not in done]
