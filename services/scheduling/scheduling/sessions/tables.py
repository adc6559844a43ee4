"""Sessions' tables and the statements that write them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from chassis.data.database import Transaction
from chassis.rows.as_json import array
from chassis.rows.bulk import insert_rows, update_rows
from contracts.types import ClientId, EntryId, GroupId, HoldId, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId
from pydantic import TypeAdapter
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, Uuid, bindparam, column, func, select, text
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.lifecycle.state import BilledAs, Session
from scheduling.tables import IDS, Table

RETRY_AT_MOST: Final = timedelta(minutes=5)

BOOKED_AS: Final = TypeAdapter(BilledAs | None)


STANDS_IN: Final = "(status NOT IN ('cancelled', 'rejected') OR pending_hold_id IS NOT NULL)"
"""Of a session that has the place of a date of a series: it can take place, took place, or an undo would bring it back."""


class SessionRow(Table):
    """A session and where its saga stands."""

    __tablename__ = "session"
    __table_args__ = (
        Index("session_starts_at", "starts_at", "id"),
        Index("session_site", "site_id", "starts_at", "id"),
        Index("session_site_status", "site_id", "status", "starts_at", "id"),
        Index("session_room", "room_id", "starts_at", "id", postgresql_where=text("room_id IS NOT NULL")),
        Index("session_status", "status", "starts_at", "id"),
        Index("session_therapist", "therapist_id", "starts_at"),
        Index("session_client", "client_id", "starts_at"),
        Index("session_other_clients", "other_client_ids", postgresql_using="gin", postgresql_where=text("other_client_ids <> '{}'")),
        Index("session_entry", "entry_id", "starts_at", postgresql_where=text("entry_id IS NOT NULL")),
        Index("session_offer_until", "offer_until", postgresql_where=text("offer_until IS NOT NULL")),
        Index("session_series", "series_id", "starts_at", postgresql_where=text("series_id IS NOT NULL")),
        Index(
            "session_in_place_of",
            "in_place_of_series_id",
            "in_place_of_occurrence",
            unique=True,
            postgresql_where=text(f"in_place_of_series_id IS NOT NULL AND {STANDS_IN}"),
        ),
        Index("session_pending_hold", "pending_hold_id", postgresql_where=text("pending_hold_id IS NOT NULL")),
        Index("session_ask_again", "ask_again_at", postgresql_where=text("ask_again_at IS NOT NULL")),
        Index("session_pending_until", "pending_not_after", postgresql_where=text("pending_not_after IS NOT NULL")),
        CheckConstraint("starts_at < ends_at", name="session_lasts"),
        CheckConstraint("modality IN ('in_person', 'video', 'audio')", name="session_modality_check"),
        CheckConstraint("booked_modality IN ('in_person', 'video', 'audio')", name="session_booked_modality_check"),
        CheckConstraint("client_location IN ('home', 'other')", name="session_client_location_check"),
    )

    id: Mapped[SessionId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    other_client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id"))
    service_id: Mapped[ServiceId]
    service_code: Mapped[str]
    service_name: Mapped[str]
    site_id: Mapped[SiteId]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    calculated_rate: Mapped[Decimal]
    insurance_applicable: Mapped[bool]
    billing_notes: Mapped[str | None]
    therapist_credential: Mapped[str | None]
    series_id: Mapped[SeriesId | None]
    in_place_of_series_id: Mapped[SeriesId | None]
    in_place_of_occurrence: Mapped[datetime | None]
    capacity: Mapped[int | None]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str]
    room_id: Mapped[RoomId | None]
    room_number: Mapped[str | None]
    only_room_id: Mapped[RoomId | None]
    hold_id: Mapped[HoldId | None]
    confirmed: Mapped[bool]
    pending_hold_id: Mapped[HoldId | None]
    pending_starts_at: Mapped[datetime | None]
    pending_ends_at: Mapped[datetime | None]
    pending_room_id: Mapped[RoomId | None]
    pending_not_after: Mapped[datetime | None]
    pending_rate: Mapped[Decimal | None]
    pending_group_id: Mapped[GroupId | None]
    pending_client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    pending_is_chosen: Mapped[bool]
    alternatives: Mapped[list[Any]] = mapped_column(JSONB)
    rejection_reason: Mapped[str | None]
    obstacles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cancellation_reason: Mapped[str | None]
    cancellation_cause: Mapped[str | None]
    fee_waiver: Mapped[str | None]
    undo_until: Mapped[datetime | None]
    booked_as: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    offer_until: Mapped[datetime | None]
    entry_id: Mapped[EntryId | None]
    attended: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asks: Mapped[int]
    ask_again_at: Mapped[datetime | None]
    modality: Mapped[str]
    booked_modality: Mapped[str | None]
    client_location: Mapped[str | None]
    add_ons: Mapped[list[Any]] = mapped_column(JSONB)
    actual_start: Mapped[datetime | None]
    actual_end: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TakenRow(Table):
    """A person's time that a session has; the guard against double booking of therapists and clients."""

    __tablename__ = "taken"
    __table_args__ = (
        ExcludeConstraint(
            (Column("person_id", Uuid), "="),
            (func.tstzrange(column("starts_at"), column("ends_at")), "&&"),
            (Column("session_id", Uuid), "<>"),
            name="nobody_is_in_two_sessions",
            using="gist",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    session_id: Mapped[SessionId] = mapped_column(primary_key=True)


session_table: Final = cast("CoreTable", SessionRow.__table__)

FIND: Final = select(session_table).where(session_table.c.id == func.any(IDS)).order_by(session_table.c.id)

LOCK: Final = FIND.with_for_update()

IN_PLACE: Final = select(session_table).where(
    session_table.c.in_place_of_series_id == func.any(bindparam("series", type_=ARRAY(Uuid))), text(STANDS_IN)
)

BUSY_TIMES: Final = text(f"""
    SELECT DISTINCT busy.person_id, busy.session_id, busy.starts_at, busy.ends_at, session.site_id, session.service_id
    FROM unnest({array("people", "uuid")}, {array("starts", "timestamptz")}, {array("ends", "timestamptz")})
        AS asked (person_id, starts_at, ends_at)
    CROSS JOIN LATERAL (
        SELECT * FROM taken
        WHERE person_id = asked.person_id AND starts_at < asked.ends_at AND ends_at > asked.starts_at
          AND starts_at > asked.starts_at - CAST(:longest AS interval)
        OFFSET 0
    ) AS busy
    JOIN session ON session.id = busy.session_id
""")  # noqa: S608 (texts of ours)
"""OFFSET 0 keeps the planner at the B-tree on person and start, bounded by the longest session."""

FREE_STARTS: Final = text("""
    WITH span AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:therapists AS uuid[]), CAST(:ranks AS integer[]), CAST(:opens AS timestamptz[]), CAST(:closes AS timestamptz[])
        ) AS span (therapist_id, rank, opens, closes)
    ),
    buffers AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:services AS uuid[]), CAST(:before AS interval[]), CAST(:after AS interval[]))
            AS buffers (service_id, before, after)
    ),
    travel AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:sites AS uuid[]), CAST(:journeys AS interval[])) AS travel (site_id, journey)
    ),
    full_day AS MATERIALIZED (
        SELECT taken.person_id, CAST(taken.starts_at AT TIME ZONE :zone AS date) AS day
        FROM (SELECT DISTINCT therapist_id FROM span WHERE CAST(:sessions_a_day AS integer) IS NOT NULL) AS therapist
        JOIN taken ON taken.person_id = therapist.therapist_id
            AND taken.starts_at > CAST(:since AS timestamptz) - interval '1 day 1 hour'
            AND taken.starts_at < CAST(:until AS timestamptz) + interval '1 day 1 hour'
        GROUP BY 1, 2 HAVING count(DISTINCT taken.session_id) >= CAST(:sessions_a_day AS integer)
    ),
    free AS (
        SELECT span.therapist_id, span.rank, unnest(tstzmultirange(tstzrange(span.opens, span.closes)) - COALESCE(busy.times, '{}')) AS part
        FROM span CROSS JOIN LATERAL (
            SELECT range_agg(tstzrange(
                near.starts_at - COALESCE(buffers.before, CAST(:other_before AS interval)) - COALESCE(travel.journey, '0')
                    - CAST(:own_after AS interval),
                near.ends_at + COALESCE(buffers.after, CAST(:other_after AS interval)) + COALESCE(travel.journey, '0')
                    + CAST(:own_before AS interval)
            )) AS times
            FROM (
                SELECT * FROM taken
                WHERE person_id = span.therapist_id AND starts_at < span.closes + CAST(:apart AS interval)
                    AND starts_at > span.opens - CAST(:apart AS interval) - CAST(:longest AS interval)
                    AND ends_at > span.opens - CAST(:apart AS interval)
                OFFSET 0
            ) AS near
            LEFT JOIN session ON CAST(:apart AS interval) > '0' AND session.id = near.session_id
            LEFT JOIN buffers ON buffers.service_id = session.service_id
            LEFT JOIN travel ON travel.site_id = session.site_id
        ) AS busy
    ),
    fitting AS (
        SELECT at, therapist_id, free.rank
        FROM free, generate_series(
            date_bin('15 minutes', lower(part) + interval '15 minutes' - interval '1 microsecond', CAST(:origin AS timestamptz)),
            upper(part) - CAST(:length AS interval), '15 minutes'
        ) AS at
        WHERE at < :until AND CAST(at AT TIME ZONE :zone AS date) = ANY(CAST(:days AS date[]))
            AND (therapist_id, CAST(at AT TIME ZONE :zone AS date)) NOT IN (SELECT person_id, day FROM full_day)
    ),
    placed AS (
        SELECT at, therapist_id, fitting.rank,
            row_number() OVER (PARTITION BY at ORDER BY fitting.rank) AS place,
            dense_rank() OVER (ORDER BY at) AS number
        FROM fitting
    )
    SELECT at, array_agg(therapist_id ORDER BY placed.rank) AS therapist_ids FROM placed
    WHERE place <= :therapists_a_start AND number <= :starts
    GROUP BY at ORDER BY at
""")
"""The earliest quarter hours in the spans at which no other session, pause, journey or daily maximum of a therapist is in the way."""

TAKINGS: Final = """
    unnest(CAST(:people AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:sessions AS uuid[]))
        AS given (person_id, starts_at, ends_at, session_id)
"""

TAKE: Final = text(f"""
    INSERT INTO taken (person_id, starts_at, ends_at, session_id) SELECT * FROM {TAKINGS}
    ON CONFLICT (person_id, starts_at, ends_at, session_id) DO NOTHING
""")  # noqa: S608 (texts of ours)

FREE: Final = text(f"""
    DELETE FROM taken USING {TAKINGS}
    WHERE (taken.person_id, taken.starts_at, taken.ends_at, taken.session_id)
        = (given.person_id, given.starts_at, given.ends_at, given.session_id)
""")  # noqa: S608 (texts of ours)


def add_sessions(tx: Transaction, sessions: Sequence[Session], ask_again_after: timedelta) -> None:
    """Insert new sessions."""
    insert_rows(tx, session_table, [_agreed(session) | _changing(session, ask_again_after) for session in sessions])


def take_time(tx: Transaction, sessions: Iterable[tuple[Session | None, Session]]) -> None:
    """Take what sessions, (before, after) each, need of people's time; an exclusion violation means that somebody was faster."""
    new = [(*taking, after.id) for before, after in sessions for taking in after.takes - (before.takes if before else frozenset())]
    if new:
        tx.write(TAKE, _columns(sorted(new)))


def _columns(takings: Iterable[tuple[UUID, datetime, datetime, SessionId]]) -> dict[str, list[Any]]:
    people, starts, ends, sessions = map(list, zip(*takings, strict=True))
    return {"people": people, "starts": starts, "ends": ends, "sessions": sessions}


def save_sessions(tx: Transaction, changes: Sequence[tuple[Session, Session]], ask_again_after: timedelta) -> None:
    """Write what changed of sessions, (before, after) each, and give back the people's time that they no longer take."""
    if not changes:
        return
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for before, after in changes:
        was, becomes = _changing(before, ask_again_after), _changing(after, ask_again_after)
        changed = {name: value for name, value in becomes.items() if value != was[name]}
        alike[tuple(changed)].append({"id": after.id} | changed)
    for rows in alike.values():
        update_rows(tx, session_table, rows)
    if freed := [(*taking, after.id) for before, after in changes for taking in before.takes - after.takes]:
        tx.write(FREE, _columns(freed))


def _agreed(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "therapist_id": session.therapist_id,
        "site_id": session.site_id,
        "insurance_applicable": session.insurance_applicable,
        "billing_notes": session.billing_notes,
        "therapist_credential": session.therapist_credential,
        "series_id": session.series_id,
        "in_place_of_series_id": session.in_place_of and session.in_place_of.series_id,
        "in_place_of_occurrence": session.in_place_of and session.in_place_of.occurrence,
        "capacity": session.capacity,
        "equipment": session.equipment,
        "entry_id": session.entry_id,
        "created_at": session.created_at,
    }


def _changing(session: Session, ask_again_after: timedelta) -> dict[str, Any]:
    pending = session.pending
    again = min(ask_again_after * 2**session.asks, RETRY_AT_MOST) if session.asks < 10 else RETRY_AT_MOST  # noqa: PLR2004 (keeps the power small)
    return {
        "client_id": session.client_id,
        "other_client_ids": session.other_client_ids,
        "service_id": session.service_id,
        "service_code": session.service_code,
        "service_name": session.service_name,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "status": session.status.value,
        "room_id": session.room_id,
        "room_number": session.room_number,
        "only_room_id": session.only_room_id,
        "calculated_rate": session.calculated_rate,
        "hold_id": session.hold_id,
        "confirmed": session.confirmed,
        "pending_hold_id": pending and pending.hold_id,
        "pending_starts_at": pending and pending.starts_at,
        "pending_ends_at": pending and pending.ends_at,
        "pending_room_id": pending and pending.room_id,
        "pending_not_after": pending and pending.not_after,
        "pending_rate": pending and pending.rate,
        "pending_group_id": pending and pending.group_id,
        "pending_client_ids": pending.client_ids if pending else (),
        "pending_is_chosen": pending.is_chosen if pending else True,
        "alternatives": [alternative.model_dump(mode="json") for alternative in session.alternatives],
        "rejection_reason": session.rejection_reason,
        "obstacles": [obstacle.value for obstacle in session.obstacles],
        "cancellation_reason": session.cancellation_reason,
        "cancellation_cause": session.cancellation_cause and session.cancellation_cause.value,
        "fee_waiver": session.fee_waiver,
        "undo_until": session.undo_until,
        "booked_as": BOOKED_AS.dump_python(session.booked_as, mode="json"),
        "offer_until": session.offer_until,
        "attended": session.attended,
        "modality": session.modality.value,
        "booked_modality": session.booked_modality and session.booked_modality.value,
        "client_location": session.client_location and session.client_location.value,
        "add_ons": [add_on.model_dump(mode="json") for add_on in session.add_ons],
        "asks": session.asks,
        "ask_again_at": session.updated_at + again if session.waits_for_rooms else None,
        "actual_start": session.actual_start,
        "actual_end": session.actual_end,
        "version": session.version,
        "updated_at": session.updated_at,
    }
