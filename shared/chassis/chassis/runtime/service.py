"""A service's one process: its HTTP app, and in its lifespan the consumers, the outbox relays and the scheduled jobs.

HTTP comes up, and keeps answering, while the broker is away; ``/readyz`` reports it.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog
from contracts.message import COMMANDS, EVENTS
from fastapi import Depends, FastAPI
from sqlalchemy.exc import SQLAlchemyError

from chassis.access.edge import Gate, admit, gate
from chassis.access.table import Table
from chassis.data.database import Database
from chassis.http import openapi
from chassis.http.large_files import Places
from chassis.http.limits import Guard, OpenRequests
from chassis.http.problems import answer_problems, documented
from chassis.live.hub import EventHub
from chassis.live.notifications import Notifications
from chassis.live.stream import event_stream
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import Consumers
from chassis.messaging.outbox import Relay
from chassis.operations.api import operations
from chassis.operations.health import Check, check_database, check_outbox, health
from chassis.requests.presence import Dependencies
from chassis.requests.questions import Answering, Questions
from chassis.requests.waiting import Waiters
from chassis.runtime import jobs
from chassis.runtime.capability import Capability, joined
from chassis.runtime.frozen import end_frozen
from chassis.stopping import is_cancelled, on_stop_signal
from chassis.telemetry import logs, tracing

if TYPE_CHECKING:
    from contracts.message import Message

    from chassis.settings import Settings

RESTART_S: Final = 1.0
END_S: Final = 2.0
"""How long the parts of a stopping process have to end."""
COLLECT_AFTER: Final = (10_000, 2, 200)
"""Python's own collector looks through fewer, fuller generations: a request leaves hardly any cycles behind.

The middle one holds little, because looking through it is a step of the event loop.
"""

log = structlog.get_logger()


@dataclass(slots=True)
class Service:
    """What a service is made of; ``app`` is what uvicorn runs."""

    settings: "Settings"
    title: str
    description: str
    database: Database
    capabilities: Sequence[Capability]
    """In the order in which their routes are looked through."""
    access: Table = field(default_factory=lambda: Table({}, {}))
    """Who may do what."""
    questions: Questions | None = None
    """Sends questions to other services."""
    waiters: Waiters[Any] | None = None
    """Callers that wait for a decision, which another process of this service may make."""
    dependencies: Sequence[str] = ()
    """Services whose absence the routers report, as ``request.app.state.dependencies``."""
    live: "type[Message] | None" = None
    """Serves the public events as they happen, described with the sample of this one; None: not here."""

    def app(self) -> FastAPI:
        """Assemble the HTTP app with the conventions that every service keeps."""
        logs.configure(self.settings)
        tracing.start(self.settings)
        whole = joined(self.capabilities)
        process = _Process(self, whole)
        tokens = gate(self.settings)
        app = FastAPI(
            dependencies=[Depends(admit)] if tokens else [],
            title=f"Holdfast {self.title}",
            description=self.description,
            version="1",
            lifespan=process.lifespan,
            separate_input_output_schemas=False,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            telemetry={"tracing": tracing.enabled(), "metrics": False, "logs": False},
        )
        app.state.access = self.access
        app.state.database = self.database
        app.state.dependencies = process.dependencies
        app.state.large_files = Places()
        app.state.long_reads = Places("too-many-reports", "reports are being read")
        for name, value in whole.state.items():
            setattr(app.state, name, value)
        answer_problems(app)
        if self.settings.serves:
            for router in whole.routers:
                app.include_router(router, responses=documented())
            if self.live is not None:
                app.include_router(event_stream(process.event_hub, self.live), responses=documented())
        app.include_router(health(self.database, process.broker, process.checks(), whole.gauges))
        app.include_router(
            operations(self.settings, self.database, process.broker, process.consumers, process.checks()), responses=documented()
        )
        openapi.complete(app)
        if tokens is not None:
            self._list_every_route(app)
            app.add_middleware(Gate, tokens=tokens)
        app.add_middleware(Guard, open_requests=process.open_requests, larger_bodies=whole.larger_bodies)
        return app

    def _list_every_route(self, app: FastAPI) -> None:
        """Refuse to serve a route of which the table does not state who may use it."""
        described = app.openapi()["paths"].values()
        if unlisted := self.access.unlisted(operation["operationId"] for path in described for operation in path.values()):
            message = f"the table of access has no row for {', '.join(unlisted)}"
            raise ValueError(message)


class _Process:
    """What runs in addition to HTTP while the app runs."""

    def __init__(self, service: Service, whole: Capability) -> None:
        self._service = service
        self._whole = whole
        self._settings = service.settings
        self._database = service.database
        self.broker = Broker(service.settings, whole.handlers)
        self._relays = [Relay(service.settings, self.broker, exchange) for exchange in (COMMANDS, EVENTS)]
        self.dependencies = Dependencies(service.settings, service.dependencies)
        self.event_hub = EventHub(service.settings)
        self.open_requests = OpenRequests()
        self._notifications = Notifications(service.settings)
        self._answering = Answering(service.settings, service.database, whole.answers)
        self.consumers = Consumers(service.database, self.broker, whole.handlers)

    def checks(self) -> dict[str, Check]:
        """Name what must answer before this process is ready."""

        async def database() -> str | None:
            return await check_database(self._database)

        always: dict[str, Check] = {"database": database, "broker": self.broker.check, "outbox": lambda: check_outbox(self._database)}
        if not self._settings.works:
            return always
        answering: dict[str, Check] = {"questions": self._answering.check} if self._whole.answers else {}
        return {**always, "consumers": self.consumers.check, **answering}

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Work while the app serves; finish what has begun when it stops."""
        self._database.on_outgoing_messages = self._announce_outbox
        self._notifications.on_outbox = self._wake_relays
        if self._service.waiters is not None:
            self._service.waiters.on_change = self._notifications.changed
            self._notifications.on_changed = self._service.waiters.look
        work = asyncio.create_task(_keep("work", self._work if self._settings.works else self.broker.connect), name="work")
        watch = asyncio.create_task(_keep("presence", self._be_present), name="presence")
        notifications = asyncio.create_task(_keep("notifications", self._notifications.run), name="notifications")
        live = asyncio.create_task(_keep("live events", self.event_hub.run), name="live events")
        questions = asyncio.create_task(self._ask(), name="questions")
        frozen = asyncio.create_task(
            _keep("frozen processes", lambda: end_frozen(self._database, self._settings.service)), name="frozen processes"
        )
        gc.freeze()  # what is there by now stays for good
        gc.set_threshold(*COLLECT_AFTER)
        gc.enable()
        log.info("started", role=self._settings.role.value)
        try:
            with on_stop_signal(self._end_open_requests):
                yield
        finally:
            log.info("stopping")
            self._end_open_requests()
            await self.consumers.stop()
            parts = (watch, live, questions, frozen, work, notifications)
            for part in parts:
                part.cancel()
            await asyncio.wait(parts, timeout=END_S)  # one that waits for its database ends when that is closed
            await self.broker.close()
            await self._database.close()
            log.info("stopped")

    def _end_open_requests(self) -> None:
        """Answer the requests that the server would wait for, and then cut."""
        self.event_hub.end()
        self.open_requests.end()
        if self._service.waiters is not None:
            self._service.waiters.end()

    async def _ask(self) -> None:
        if self._service.questions is not None:
            await _keep("questions", self._service.questions.run)

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_keep("jobs", lambda: jobs.run(self._whole.jobs, self._database)))
            await self.broker.connect()
            for relay in self._relays:
                group.create_task(_keep("relay", relay.run))
            group.create_task(_keep("topology", self.broker.keep_topology))
            if self._whole.handlers:
                group.create_task(_keep("consumers", self.consumers.run))
            group.create_task(_keep("answers", self._answering.run))
            if self._whole.on_start is not None:
                group.create_task(_keep("first step", self._begin))

    async def _be_present(self) -> None:
        if self._service.dependencies or self._takes_messages:
            await self.dependencies.run(self._is_present)

    async def _is_present(self) -> bool:
        """Whether this process takes part in the work of its service."""
        return self._takes_messages and await self.consumers.seem_to_consume()

    @property
    def _takes_messages(self) -> bool:
        return self._settings.works and bool(self._whole.handlers)

    def _announce_outbox(self) -> None:
        """Start the relays, which may run in another process."""
        self._wake_relays()
        if not all(relay.leads for relay in self._relays):
            self._notifications.outbox()

    def _wake_relays(self) -> None:
        for relay in self._relays:
            relay.wake()

    async def _begin(self) -> None:
        if self._whole.on_start is not None:
            async with self._database.transaction() as tx:
                await self._whole.on_start(tx)


async def _keep(part: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the process again whenever it fails: no half of it may die in silence."""
    while True:
        try:
            await run()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("a part of the process waits", part=part, error=logs.describe(error))
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            log.warning("a part of the process waits", part=part, error="what it waited for was cancelled")
        except Exception:  # a bug must not stop the other parts
            log.exception("a part of the process failed and starts again", part=part)
        else:
            return
        await asyncio.sleep(RESTART_S)
