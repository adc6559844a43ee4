"""Tables of who stands on claims and papers, and of who changed what of money's ground rules."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.database import ReadSession
from contracts.types import ClientId
from sqlalchemy import Index, String, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.store import Table

WORD = String(20)


class PartyKind(StrEnum):
    """Who stands on a claim or a paper."""

    ORGANIZATION = "organization"
    FACILITY = "facility"
    PROVIDER = "provider"
    CLIENT = "client"


class PartyRow(Table):
    """What a claim or a paper says of somebody, as the biller wrote it."""

    __tablename__ = "party"

    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The site's, the therapist's or the client's; for the one organization, nil."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime]


class ChangeRow(Table):
    """One change that somebody made to what prices and claims are made of."""

    __tablename__ = "change"
    __table_args__ = (Index("change_key", "key", "id"), Index("change_what", "what", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str] = mapped_column(WORD)
    key: Mapped[UUID]
    action: Mapped[str] = mapped_column(WORD)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


async def diagnoses_of(db: ReadSession, clients: Collection[ClientId]) -> dict[ClientId, tuple[str, ...]]:
    """Return the diagnoses that these clients have at present, of those whose profile is entered."""
    wanted = select(PartyRow.id, PartyRow.facts["diagnoses"]).where(PartyRow.kind == PartyKind.CLIENT, PartyRow.id.in_(clients))
    return {ClientId(key): tuple(found or ()) for key, found in await db.rows(wanted)}
