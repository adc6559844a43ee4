"""``GET /events``: the public events as a stream that a browser reads (server-sent events)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from contracts import envelope
from contracts.published import sample
from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic_core import to_json

from chassis.live.hub import READY, EventHub, Listener, first_of, read

if TYPE_CHECKING:
    from contracts.message import Message
    from starlette.types import Receive, Scope, Send

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT_S: Final = 15
"""A comment after so long a silence keeps everything between here and the browser from giving the stream up."""
HEARTBEAT: Final = b": still here\n\n"
RETRY_MS: Final = 2_000
"""How long a browser waits before it connects again."""
PAUSE_S: Final = 0.05
"""What happens within so short a time after an event shares one write: hundreds of streams must not crowd out requests."""
LAST_CHUNK_S: Final = 0.5
"""How long a stream that ends waits for a browser that takes nothing."""
MOST_TYPES: Final = 20
MOST_ABOUT: Final = 20

Prefixes = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z0-9_.,]{1,500}$")]] | None,
    Query(
        max_length=MOST_TYPES,
        description="Only events whose type begins with one of these; several by comma or by repetition. Without it, all of them.",
    ),
]

About = Annotated[
    list[UUID] | None,
    Query(
        max_length=MOST_ABOUT,
        description="Only events whose data name one of these ids, such as one place or one person; several by repetition.",
    ),
]

DESCRIPTION: Final = f"""
Server-sent events, for `EventSource` in a browser or `curl -N`: every public event of the platform as it happens, whoever caused it.

- `event: ready` comes first, and again after every gap: from here on nothing is missed. Read again what you show.
- `event: away`: the message broker is lost. The stream stays open and sends `ready` when it is back.
- Every other `event:` is the type of a message; `id:` is its event id, `data:` one line of CloudEvents 1.0 JSON. It has ids, codes and
  times, never names. An event may come twice; `sequence` is the version of what it is about.
- A comment comes after {HEARTBEAT_S} seconds of silence. Who reads too slowly is disconnected; a browser connects again by itself.
  Events that were missed meanwhile are not sent again.
"""


class EventStream(Response):
    """An answer that ends when its reader leaves, falls too far behind, or the process stops."""

    media_type = MEDIA_TYPE

    def __init__(self, event_hub: EventHub, types: Sequence[str], about: Sequence[UUID]) -> None:
        """Answer with the events of these types that are about these ids; empty means any."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._event_hub = event_hub
        self._types = types
        self._about = about

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Listen as long as the answer is read."""
        del scope
        with self._event_hub.listening(self._types, self._about) as listener:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await _send_frames(send, b"retry: %d\n\n" % RETRY_MS)
            await first_of(_pump(listener, send), listener.ended.wait(), _left(receive))
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_CHUNK_S):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pump(listener: Listener, send: "Send") -> None:
    while True:
        await _send_frames(send, await listener.take(HEARTBEAT_S) or HEARTBEAT)
        await asyncio.sleep(PAUSE_S)


async def _send_frames(send: "Send", frames: bytes) -> None:
    await send({"type": "http.response.body", "body": frames, "more_body": True})


async def _left(receive: "Receive") -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def event_stream(event_hub: EventHub, shown: "type[Message]") -> APIRouter:
    """Answer ``GET /events``; its description shows the golden sample of this message."""
    router = APIRouter(tags=["events"])

    @router.get(
        "/events",
        status_code=200,
        operation_id="events",
        summary="Events as they happen",
        description=DESCRIPTION,
        response_class=EventStream,
        responses={200: _described(shown)},
    )
    async def events(types: Prefixes = None, about: About = None) -> EventStream:
        return EventStream(event_hub, [prefix for some in types or () for prefix in some.split(",") if prefix], about or ())

    return router


def _described(shown: "type[Message]") -> dict[str, Any]:
    golden = sample(shown)
    event = read(envelope.read(golden["headers"]), to_json(golden["data"])).frame
    example = (b"retry: %d\n\n" % RETRY_MS + READY + event + HEARTBEAT).decode()
    return {"description": "The stream", "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": example}}}
