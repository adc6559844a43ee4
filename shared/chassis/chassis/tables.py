"""The chassis' own tables, present in every service's database: outbox, inbox, remembered answers.

A service's migrations create them with ``create()``; a later change is a new function here, called by a new migration.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from sqlalchemy import Connection

metadata: Final = MetaData()

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("exchange", Text, nullable=False),
    Column("subject", Text),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    Column("sequence", Integer),
    Column("traceparent", Text),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("parked_until", DateTime(timezone=True)),
)
"""Messages written in the transaction that caused them, until the broker has confirmed them."""

inbox: Final = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("inbox_received_at", "received_at"),
)
"""Messages that this service has acted on, so that a repetition changes nothing."""

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("answer", JSONB),
    Column("remembered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("idempotency_remembered_at", "remembered_at"),
)
"""Answers to requests that carried an Idempotency-Key."""


def create(connection: "Connection") -> None:
    """Create the chassis' tables as of the first release."""
    metadata.create_all(connection, checkfirst=False)


def drop(connection: "Connection") -> None:
    """Undo create()."""
    metadata.drop_all(connection, checkfirst=False)
