"""The base of billing's tables, and statements over any of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, cast

from chassis.data.database import Transaction
from contracts.billing import PaymentStatus, RecordDifferenceKind
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality
from contracts.types import ClientId, ComparisonId, RecordId, ServiceId, SessionId, SiteId, TherapistId
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Enum,
    Numeric,
    String,
    TableValuedAlias,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal,
    select,
)
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, MappedAsDataclass
from sqlalchemy.schema import CreateView

from billing.ledger.bill import RecordKind
from billing.ledger.postings import Account, Payer, PaymentMethod, PostingKind
from billing.pricing.terms import Mode

T = TypeVar("T")


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=20, create_constraint=False, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [word.value for word in kind]


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of billing."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way)
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        **dict.fromkeys((RecordId, SessionId, ClientId, TherapistId, SiteId, ServiceId, ComparisonId), Uuid),
        PaymentStatus: _words(PaymentStatus),
        PaymentMethod: _words(PaymentMethod),
        PostingKind: _words(PostingKind),
        Payer: _words(Payer),
        Account: _words(Account),
        RecordKind: _words(RecordKind),
        BilledPer: _words(BilledPer),
        Mode: _words(Mode),
        Modality: _words(Modality),
        ClientLocation: _words(ClientLocation),
        RecordDifferenceKind: _words(RecordDifferenceKind),
    }


PUBLISHED: Final = "published_"
"""How the names of views begin that capabilities publish for the SQL of others."""


def publish(entity: type[Table], *names: str) -> None:
    """Declare the view ``published_<table>`` of these columns: all that the SQL of other capabilities reads of a table.

    A revision creates it. A column is added at its end; one that others read is dropped or renamed in two releases.
    """
    table = cast("CoreTable", entity.__table__)
    CreateView(select(*(table.c[name] for name in names)), f"{PUBLISHED}{table.name}", metadata=Table.metadata)


def among(column: InstrumentedAttribute[T] | ColumnElement[T], values: Collection[T]) -> ColumnElement[bool]:
    """Whether a column is one of these values: one parameter, however many they are; a statement has 32,767 parameters at most."""
    return column == any_(literal(list(values), ARRAY(column.type, dimensions=1)))


async def alone_with(tx: Transaction, key: str) -> None:
    """Let only one transaction at a time deal with the same file or payment."""
    await tx.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def unnested(entity: type[Table], *names: str) -> TableValuedAlias:
    """Turn arrays, one for each column, into rows."""
    columns = [column(name, entity.__table__.c[name].type) for name in names]
    arrays = [bindparam(one.name, type_=ARRAY(one.type, dimensions=1)) for one in columns]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


@cache
def inserting(entity: type[Table]) -> Insert:
    """Insert any number of rows by one statement, given as an array for each column."""
    table = cast("CoreTable", entity.__table__)
    names = list(table.c.keys())
    return insert(table).from_select(names, select(unnested(entity, *names)))


def arrays_of(entity: type[Table], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as one array for each column."""
    return {attribute.key: [row[attribute.key] for row in rows] for attribute in entity.__mapper__.column_attrs}


async def append_rows(tx: Transaction, entity: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by one statement."""
    await tx.execute(inserting(entity), arrays_of(entity, rows))


def columns(row: Table) -> dict[str, Any]:
    """Return a row by column."""
    return {attribute.key: getattr(row, attribute.key) for attribute in row.__mapper__.column_attrs}


WORD = String(20)
