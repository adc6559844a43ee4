"""The chassis' own tables, present in every service's database: outbox, inbox, remembered answers, leases.

Each service's migrations create and change them with DDL of their own; Alembic compares the result with these tables.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

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
    Column("parked_reason", Text),
    Column("parked_times", Integer, nullable=False, server_default="0"),
    Index("outbox_ready", "exchange", "id", postgresql_where=text("parked_until IS NULL")),
    Index("outbox_aside", "exchange", "parked_until", postgresql_where=text("parked_until IS NOT NULL")),
)
"""Messages written in the transaction that caused them, until the broker has confirmed them.

``parked_until``, ``parked_reason`` and ``parked_times`` are of messages that the broker did not take when they were last tried.
"""

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


lease: Final = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
)
"""Which process leads a piece of work, and until when it may be believed to be awake."""
