"""A toy service on the chassis: lamps that are lit over HTTP and by message. Nothing of any clinic."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from chassis.access.table import Table as AccessTable
from chassis.bodies.models import Body, View
from chassis.data.database import Database, Transaction
from chassis.errors import Invalid
from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Patience, Reading
from chassis.http.problems import documented
from chassis.messaging.inbox import Handlers
from chassis.operations.health import Gauges
from chassis.requests.questions import Answers
from chassis.rows.changes import check_version, count_version, require
from chassis.rows.paging import Keyset, Page
from chassis.runtime.capability import Capability
from chassis.runtime.jobs import ScheduledJob
from chassis.runtime.service import Service
from chassis.settings import Settings as ChassisSettings
from contracts.message import COMMANDS, Message
from contracts.types import Flag, Instant, Version, Whole, new_id
from fastapi import APIRouter, FastAPI, Query
from pydantic import ConfigDict, Field
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

BROKEN: Final = "broken"
"""A lamp of this name fails whoever touches it."""

NAME = Annotated[str, Field(min_length=1, max_length=40)]


class Settings(ChassisSettings):
    """The toy's settings."""

    service: str = "toy"


class LampLit(Message, type="toy.lamp_lit.v1"):
    """A lamp went on."""

    lamp_id: UUID
    name: str
    version: Version

    @property
    def subject(self) -> UUID:
        return self.lamp_id

    @property
    def correlation(self) -> UUID:
        return self.lamp_id

    @property
    def sequence(self) -> int:
        return self.version


class LightLamp(Message, type="toy.light_lamp.v1", exchange=COMMANDS):
    """Light one lamp more."""

    name: str
    position: Whole = 0


class NobodyListens(Message, type="toy.nobody_listens.v1", exchange=COMMANDS):
    """A command without an owner, until a test binds one."""

    position: Whole


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The toy's tables."""


class Lamp(Table):
    """A lamp."""

    __tablename__ = "lamp"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


BY_ID: Final = Keyset(Lamp.id)


class NewLamp(Body):
    """A lamp to be lit."""

    name: NAME
    watts: Whole = 5
    dim: Flag = False
    since: Instant | None = None


class LampView(View):
    """A lamp."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "hall", "version": 1, "shade": None}]}
    )

    id: UUID
    name: str
    version: int
    shade: str | None = None


router = APIRouter(tags=["lamps"])


@router.post("/lamps", status_code=201, operation_id="add_lamp", summary="Light a lamp", responses=documented(409))
async def add(body: NewLamp, once: Once) -> LampView:
    return await once(lambda tx: light(body.name, 0, tx), LampView)


@router.patch("/lamps/{lamp_id}", operation_id="rename_lamp", summary="Rename a lamp", responses=documented(404, 412))
async def rename(lamp_id: UUID, body: NewLamp, once: Once, expected: IfMatch) -> LampView:
    async def work(tx: Transaction) -> LampView:
        lamp = require(await tx.lock(Lamp, lamp_id), "lamp", lamp_id)
        check_version(lamp.version, expected)
        lamp.name = body.name
        count_version(lamp, tx.now)
        return LampView.model_validate(lamp)

    return await once(work, LampView)


@router.get("/lamps", operation_id="list_lamps", summary="Every lamp")
async def lamps(db: Reading, limit: Limit = 50, cursor: Cursor = None, name: Annotated[str | None, Query()] = None) -> Page[LampView]:
    wanted = select(Lamp) if name is None else select(Lamp).where(Lamp.name == name)
    found = await db.scalars(BY_ID.after(wanted, cursor, limit))
    return BY_ID.page([LampView.model_validate(lamp) for lamp in found], limit)


@router.get("/patience", operation_id="patience", summary="How long the caller is ready to wait")
async def patience(wait: Patience) -> float:
    return wait


@router.get("/vandal", operation_id="vandal", summary="A reader that writes")
async def vandal(db: Reading) -> None:
    await db.rows(text("DELETE FROM lamp RETURNING id"))


@router.get("/crash", operation_id="crash", summary="A bug")
async def crash() -> None:
    raise ZeroDivisionError


async def light(name: str, position: int, tx: Transaction) -> LampView:
    """Light a lamp and state so; a broken one fails, a dark one is refused."""
    if name == "dark":
        raise Invalid("lamp-dark", "A dark lamp cannot be lit.", field="name")
    lamp = Lamp(id=new_id(), name=name, position=position)
    tx.add(lamp)
    await tx.flush()
    if name == BROKEN:
        await tx.rows(text("SELECT 1 / 0"))
    tx.send(LampLit(lamp_id=lamp.id, name=lamp.name, version=lamp.version))
    return LampView.model_validate(lamp)


async def light_lamps(messages: Sequence[LightLamp], tx: Transaction) -> None:
    """Light what was requested."""
    for message in messages:
        await light(message.name, message.position, tx)


HANDLERS: Final[Handlers] = {LightLamp: light_lamps}


def service(
    settings: Settings,
    *,
    handlers: Handlers = HANDLERS,
    answers: Answers | None = None,
    jobs: Sequence[ScheduledJob] = (),
    gauges: Gauges | None = None,
    live: type[Message] | None = None,
    access: AccessTable | None = None,
) -> Service:
    """Compose the toy."""
    return Service(
        settings=settings,
        title="toy",
        description="Lamps.",
        database=Database(settings),
        capabilities=[Capability(routers=[router], handlers=handlers, answers=answers or {}, jobs=jobs, gauges=gauges)],
        live=live,
        access=access or AccessTable({}, {}),
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the toy."""
    return service(settings).app()


def app() -> FastAPI:
    """Run the toy as a process of its own: ``uvicorn --factory toy:app``."""
    return build(Settings())  # type: ignore[call-arg]
