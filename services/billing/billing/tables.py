"""The base of billing's tables, and statements over any of them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar, cast

from chassis.data.database import Transaction
from chassis.rows.column_types import CODE_LENGTH, column_types
from contracts.billing import PaymentStatus, RecordDifferenceKind
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality
from contracts.types import ClientId, ComparisonId, RecordId, ServiceId, SessionId, SiteId, TherapistId
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    TableValuedAlias,
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


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of billing."""

    type_annotation_map = column_types(
        ids=(RecordId, SessionId, ClientId, TherapistId, SiteId, ServiceId, ComparisonId),
        codes=(
            *(PaymentStatus, PaymentMethod, PostingKind, Payer, Account, RecordKind),
            *(BilledPer, Mode, Modality, ClientLocation, RecordDifferenceKind),
        ),
    )


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


WORD = String(CODE_LENGTH)
