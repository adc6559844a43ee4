"""The table of quotes and its statements."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from chassis.data.database import Transaction
from contracts.scheduling import PromisedFact
from contracts.types import ClientId, SessionId
from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB, Insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.pricing.amounts import Quote
from billing.tables import Table, arrays_of, inserting, publish

QUOTES_KEPT: Final = timedelta(days=400)
"""What was quoted beforehand is needed while the record may be disputed; the record itself stays."""


class QuoteRow(Table):
    """What a session was quoted at when it was booked."""

    __tablename__ = "quote"
    __table_args__ = (
        Index("quote_code", "service_code", "service_date", postgresql_where=text("NOT is_void")),
        Index("quote_service_date", "service_date", postgresql_where=text("NOT is_void")),
        Index("quote_day", "service_date"),
    )

    session_id: Mapped[SessionId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    service_date: Mapped[date]
    total_amount: Mapped[Decimal]
    contractual_adjustment: Mapped[Decimal]
    other_adjustment: Mapped[Decimal]
    patient_amount: Mapped[Decimal]
    insurance_amount: Mapped[Decimal]
    insurance_applicable: Mapped[bool]
    therapist_credential: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(JSONB)
    is_void: Mapped[bool]
    """The session does not take place; kept, so that an older booking that is received later does not revive it."""
    session_version: Mapped[int]
    quoted_at: Mapped[datetime]


publish(
    QuoteRow,
    *("session_id", "client_id", "service_code", "service_date"),
    *("total_amount", "patient_amount", "insurance_amount"),
    "is_void",
)


async def add_quotes(tx: Transaction, quotes: Sequence[tuple[PromisedFact, ClientId, date, Quote]]) -> None:
    """Keep what sessions were quoted at; a later booking of the same session takes the place of the former."""
    rows = [
        {
            "session_id": fact.session_id,
            "client_id": client_id,
            "service_code": fact.service_code,
            "service_date": day,
            "total_amount": quote.charge,
            "contractual_adjustment": quote.contractual_adjustment,
            "other_adjustment": quote.other_adjustment,
            "patient_amount": quote.patient,
            "insurance_amount": quote.insurer,
            "insurance_applicable": fact.insurance_applicable,
            "therapist_credential": fact.therapist_credential,
            "flags": [flag.code.value for flag in quote.flags],
            "is_void": False,
            "session_version": fact.version,
            "quoted_at": tx.now,
        }
        for fact, client_id, day, quote in sorted(quotes, key=lambda each: (each[0].session_id, each[1], each[0].version))
    ]
    await put_quotes(tx, rows)


async def put_quotes(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is newest of each session and client."""
    if not rows:
        return
    newest = {(row["session_id"], row["client_id"]): row for row in rows}
    await tx.execute(_putting(), arrays_of(QuoteRow, list(newest.values())))


@cache
def _putting() -> Insert:
    statement = inserting(QuoteRow)
    keys = [column.name for column in QuoteRow.__table__.primary_key]
    values = {column.name: column for column in statement.excluded if column.name not in keys}
    newer = statement.excluded.session_version > QuoteRow.session_version
    return statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer)
