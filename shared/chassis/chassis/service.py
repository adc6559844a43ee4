"""A service's one process: its HTTP app, and in its lifespan the consumers, the outbox relay and the alarms.

HTTP comes up, and keeps answering, while the broker is away; ``/readyz`` says so.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from chassis import alarms, logs, tracing
from chassis.alarms import Alarm
from chassis.consumers import Consumers, Handlers
from chassis.database import Database, ReadSession, Transaction
from chassis.limits import Guard
from chassis.messaging import Broker
from chassis.metrics import OUTBOX_AGE, OUTBOX_PARKED, OUTBOX_SIZE, PARKED
from chassis.outbox import Relay
from chassis.problems import ProblemDetails, answer_problems, documented
from chassis.tables import outbox
from chassis.waiting import Waiters

if TYPE_CHECKING:
    from chassis.settings import Settings

CHECK_TIMEOUT_S: Final = 3

log = structlog.get_logger()

Gauges = Callable[[ReadSession], Awaitable[None]]
OnStart = Callable[[Transaction], Awaitable[None]]


@dataclass(slots=True)
class Service:
    """What a service is made of; ``app`` is what uvicorn runs."""

    settings: "Settings"
    title: str
    description: str
    routers: Sequence[APIRouter]
    database: Database
    handlers: Handlers = field(default_factory=dict)
    alarms: Sequence[Alarm] = ()
    waiters: Waiters = field(default_factory=Waiters)
    gauges: Gauges | None = None
    """Sets the service's own metrics when Prometheus asks."""
    on_start: OnStart | None = None
    """Runs in a transaction when a worker starts, to ask for what a late starter missed."""
    state: dict[str, Any] = field(default_factory=dict)
    """What the routers find in ``request.app.state``."""

    def app(self) -> FastAPI:
        """Assemble the HTTP app with the conventions that every service keeps."""
        logs.configure(self.settings)
        tracing.start(self.settings)
        app = FastAPI(
            title=f"Holdfast {self.title}",
            description=self.description,
            version="1",
            lifespan=self._lifespan,
            responses=documented(),
            separate_input_output_schemas=False,
            root_path_in_servers=False,
        )
        app.state.database = self.database
        app.state.waiters = self.waiters
        app.state.broker = Broker(self.settings, self.handlers)
        for name, value in self.state.items():
            setattr(app.state, name, value)
        answer_problems(app)
        if self.settings.serves:
            for router in self.routers:
                app.include_router(router)
        app.include_router(self._health())
        app.add_middleware(Guard)
        if tracing.enabled():
            FastAPIInstrumentor.instrument_app(app, excluded_urls="healthz,readyz,metrics")
        return app

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        broker: Broker = app.state.broker
        relay = Relay(self.settings, broker)
        self.database.on_letters = relay.wake
        consumers = Consumers(self.database, broker, self.handlers)
        work = asyncio.create_task(self._work(broker, relay, consumers), name="work") if self.settings.works else None
        connect = asyncio.create_task(broker.connect(), name="connect") if work is None else None
        log.info("started", role=self.settings.role.value)
        yield
        log.info("stopping")
        await consumers.stop()
        for task in (work, connect):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await broker.close()
        await self.database.close()

    async def _work(self, broker: Broker, relay: Relay, consumers: Consumers) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(alarms.run(self.alarms, self.database), name="alarms")
            await broker.connect()
            group.create_task(relay.run(), name="relay")
            if self.handlers:
                await consumers.start()
            if self.on_start is not None:
                group.create_task(self._begin(self.on_start), name="begin")

    async def _begin(self, on_start: OnStart) -> None:
        while True:
            try:
                async with self.database.transaction() as tx:
                    await on_start(tx)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("the first step waits for the database", error=repr(error)[:200])
                await asyncio.sleep(1)
            else:
                return

    def _health(self) -> APIRouter:
        router = APIRouter(tags=["operations"])

        @router.get("/healthz", summary="Whether the process lives")
        async def healthz() -> dict[str, str]:
            return {"status": "alive"}

        @router.get("/readyz", summary="Whether database and broker really answer", responses={503: {"model": ProblemDetails}})
        async def readyz(request: Request) -> JSONResponse:
            started = time.monotonic()
            found = await asyncio.gather(self._check_database(), request.app.state.broker.check())
            parts = dict(zip(("database", "broker"), found, strict=True))
            ready = not any(found)
            body = {
                "status": "ready" if ready else "not ready",
                "checks": {part: problem or "answers" for part, problem in parts.items()},
                "elapsed_ms": round((time.monotonic() - started) * 1000),
            }
            return JSONResponse(body, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

        @router.get("/metrics", summary="Prometheus metrics", response_class=Response)
        async def metrics(request: Request) -> Response:
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                async with asyncio.timeout(CHECK_TIMEOUT_S), self.database.reading() as session:
                    await _measure_outbox(session)
                    if self.gauges is not None:
                        await self.gauges(session)
            parked = await request.app.state.broker.count_parked()
            if parked is not None:
                PARKED.set(parked)
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        return router

    async def _check_database(self) -> str | None:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S), self.database.reading() as session:
                await session.scalar(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            return f"does not answer: {error!r}"[:200]
        return None


async def _measure_outbox(session: ReadSession) -> None:
    oldest = func.extract("epoch", func.now() - func.min(outbox.c.written_at))
    measured: Select[Any] = select(func.count(), oldest, func.count(outbox.c.parked_until)).select_from(outbox)
    [(size, age, parked)] = await session.rows(measured)
    OUTBOX_SIZE.set(size)
    OUTBOX_AGE.set(float(age or 0))
    OUTBOX_PARKED.set(parked)
