"""Who has sessions is not removed."""

import asyncio
from datetime import timedelta

import pytest
from front_desk import Clinic


@pytest.mark.parametrize("kind", ["clients", "therapists"])
async def test_only_people_without_sessions_are_removed(clinic: Clinic, kind: str) -> None:
    unknown = await (clinic.new_client() if kind == "clients" else clinic.new_therapist())
    assert (await clinic.http.delete(f"/{kind}/{unknown}")).status_code == 204
    assert (await clinic.http.get(f"/{kind}/{unknown}")).status_code == 404
    assert (await clinic.http.delete(f"/{kind}/{unknown}")).status_code == 404
    session = (await clinic.book()).json()
    kept = await clinic.http.delete(f"/{kind}/{session['client_id' if kind == 'clients' else 'therapist_id']}")
    assert (kept.status_code, kept.json()["type"], kept.json()["session_ids"]) == (409, "/problems/has-sessions", [session["id"]])


async def test_nobody_is_removed_while_being_booked(clinic: Clinic) -> None:
    for _ in range(10):
        client = await clinic.new_client()
        hour = (clinic.monday + timedelta(days=1)).isoformat()
        booked, removed = await asyncio.gather(clinic.book(client_id=client, starts_at=hour), clinic.http.delete(f"/clients/{client}"))
        assert (booked.status_code, removed.status_code) in {(202, 409), (422, 204)}
        if booked.status_code == 202:
            (await clinic.http.post(f"/sessions/{booked.json()['id']}/cancel", json={"reason": "again"})).raise_for_status()
