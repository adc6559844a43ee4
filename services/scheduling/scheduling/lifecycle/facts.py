"""What is published of a session; pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.scheduling import SessionCompleted, SessionRestored, UndoneStep
from contracts.types import ClientId

from scheduling.lifecycle.state import Session


def session_completed(session: Session, service_date: date) -> SessionCompleted:
    """Return the fact that a session took place, at the price that was promised."""
    clients = who_attended(session.client_id, session.other_client_ids, session.attended)
    about = about_session(session) | {"client_id": clients[0], "client_ids": clients if session.other_client_ids else ()}
    return SessionCompleted(
        **about,
        **promised(session),
        actual_start=session.actual_start or session.starts_at,
        actual_end=session.actual_end or session.ends_at,
        service_date=service_date,
        primary_client_id=session.client_id,
        telehealth=session.telehealth,
        modality=session.modality,
        client_location=session.client_location,
        add_ons=session.add_ons,
    )


def who_attended(client_id: ClientId, other_client_ids: Sequence[ClientId], attended: Sequence[ClientId]) -> tuple[ClientId, ...]:
    """Return whose records a completed session has: all who are treated, or who of a group was there."""
    return tuple(attended) if attended and other_client_ids else (client_id, *other_client_ids)


def session_restored(session: Session, undone: UndoneStep) -> SessionRestored:
    """Return the fact that a session is booked again, at the price that was promised."""
    return SessionRestored(**about_session(session), **promised(session), undone=undone)


def with_waiver(what: str, waiver: str | None) -> str:
    """Return what is noted of a fee, with the reason why it is not charged."""
    return ", ".join(filter(None, (what, waiver and f"fee waived: {waiver}")))


def promised(session: Session) -> dict[str, Any]:
    """Return what a session was promised at: the fields that its facts share."""
    return {
        "rate_per_unit": session.calculated_rate,
        "insurance_applicable": session.insurance_applicable,
        "therapist_credential": session.therapist_credential,
    }


def about_session(session: Session) -> dict[str, Any]:
    """Return the fields that all facts of a session share."""
    return {
        "session_id": session.id,
        "client_id": session.client_id,
        "client_ids": session.client_ids if session.other_client_ids else (),
        "therapist_id": session.therapist_id,
        "service_id": session.service_id,
        "service_code": session.service_code,
        "site_id": session.site_id,
        "room_id": session.room_id,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "status": session.status,
        "version": session.version,
    }
