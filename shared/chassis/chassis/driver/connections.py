"""Pools of connections to a service's database, and how long anything on them may take."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json
from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from chassis.address import Address

if TYPE_CHECKING:
    from chassis.settings import Settings

STATEMENT_TIMEOUT_MS: Final = 20_000
LOCK_TIMEOUT_MS: Final = 10_000
IDLE_TRANSACTION_TIMEOUT_MS: Final = 15_000
"""What a frozen process has locked is free again after this."""
IDLE_SNAPSHOT_TIMEOUT_MS: Final = 300_000
"""How long nothing may be read for a long answer; a reader that takes nothing is ended sooner, a part waits for other files' parts."""
CONNECT_TIMEOUT_S: Final = 5
READ_ONLY: Final = "25006"
"""SQLSTATE of a write where nothing may be written."""
FRESH_S: Final = 1.0
"""A reader takes a connection that was used so short a time ago without a look at the server first, unless it is known to be lost."""


@dataclass(frozen=True, slots=True)
class WrittenJson:
    """A value that is written as JSON already, such as one that was written beside the event loop."""

    text: str


def application_name(service: str, kind: str) -> str:
    """Return what the connections of a service, "writer", "reader" or "look", are called in PostgreSQL's views."""
    return f"holdfast-{service}-{kind}"


def json_of(value: object) -> str:
    """Return a value as it is written into a column of JSON."""
    return value.text if isinstance(value, WrittenJson) else to_json(value).decode()


def pool_of(settings: "Settings", *, readonly: bool) -> AsyncEngine:
    """Return a pool of connections to a service's database; with ``readonly`` PostgreSQL itself keeps them from writing."""
    address = Address.read(settings.database_url)
    engine = create_async_engine(
        address.url,
        pool_size=settings.database_pool,
        max_overflow=0,
        pool_use_lifo=True,  # one that has its statements prepared is taken first
        pool_timeout=CONNECT_TIMEOUT_S,
        hide_parameters=True,  # errors are logged, and values are personal
        isolation_level="AUTOCOMMIT" if readonly else "READ COMMITTED",
        json_serializer=json_of,
        json_deserializer=from_json,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "ssl": address.encryption(),
            "command_timeout": STATEMENT_TIMEOUT_MS / 1000 + 5,
            "server_settings": {
                "application_name": application_name(settings.service, "reader" if readonly else "writer"),
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(IDLE_SNAPSHOT_TIMEOUT_MS if readonly else IDLE_TRANSACTION_TIMEOUT_MS),
                "default_transaction_read_only": "on" if readonly else "off",
                "timezone": "UTC",
                "jit": "off",
            },
        },
    )
    if readonly:
        event.listen(engine.sync_engine, "checkin", _note_use)
        event.listen(engine.sync_engine, "checkout", _look_before_use)
    else:
        event.listen(engine.sync_engine, "handle_error", _give_up_standby)
    return engine


def _give_up_standby(context: ExceptionContext) -> None:
    """Count a server that takes no writes, as a former primary, among those that are lost: every connection is opened anew."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _note_use(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


def _look_before_use(connection: Any, entry: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 (the driver's, as SQLAlchemy adapts it)
    """Have another connection opened where the server does not answer on this one; readers do not repeat what they began."""
    used = entry.info.get("used")
    if used is None or (time.monotonic() - used < FRESH_S and not connection.driver_connection.is_closed()):
        return
    try:
        connection.ping()
    except Exception as error:
        raise InvalidatePoolError from error
