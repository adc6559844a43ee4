"""A request that is repeated does nothing twice; a change decided on old news is refused."""

import asyncio
from typing import Any

import pytest
from support.clinic import BY_DAY, Clinic, at, code


async def test_a_booking_repeated_with_its_key_is_one_booking(clinic: Clinic) -> None:
    key = f"booking-{code()}"
    answers = await asyncio.gather(*(clinic.ask(key=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum(len(entries) for entries in (await clinic.calendar()).values()) == 1


async def test_a_key_is_not_used_for_another_booking(clinic: Clinic) -> None:
    key = f"booking-{code()}"
    await clinic.ask(key=key)
    answer = await clinic.ask(key=key, starts_at=at(9))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


@pytest.mark.parametrize("path", ["/api/rooms/sites", "/api/rooms/rooms", "/api/catalog/services", "/api/scheduling/clients"])
async def test_whatever_is_created_with_a_key_is_created_once(clinic: Clinic, path: str) -> None:
    body = new(path, clinic)
    key = {"Idempotency-Key": f"once-{code()}"}
    first, second = [await clinic.http.post(path, json=body, headers=key) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    name = next(field for field in ("site_name", "room_name", "service_name", "full_name") if field in body)
    other = await clinic.http.post(path, json=body | {name: "Another"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_payment_repeated_with_its_key_is_taken_once(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await clinic.step(session, "complete")
    record = await clinic.record(session)
    body, key = {"amount": "50.00", "payer": "client", "method": "cash"}, {"Idempotency-Key": f"payment-{code()}"}
    for _ in range(3):
        answer = await clinic.http.post(f"/api/billing/records/{record['id']}/payments", json=body, headers=key)
        assert (answer.status_code, answer.json()["balance"]) == (201, "135.00")


async def test_a_change_decided_on_an_old_version_is_refused(clinic: Clinic) -> None:
    for path, change in (
        (f"/api/rooms/sites/{clinic.site['id']}", {"address": "12 Harbor Street"}),
        (f"/api/rooms/rooms/{clinic.rooms[0]['id']}", {"room_name": "Willow"}),
        (f"/api/catalog/services/{clinic.service['id']}", {"description": "Talking"}),
        (f"/api/scheduling/therapists/{clinic.therapist['id']}", {"full_name": "Ruth Adler-Katz"}),
        (f"/api/scheduling/clients/{clinic.client['id']}", {"full_name": "Jonas W. Weber"}),
    ):
        version = (await clinic.get(path))["version"]
        changed = await clinic.http.patch(path, json=change, headers={"If-Match": f'"{version}"'})
        assert (changed.status_code, changed.json()["version"]) == (200, version + 1), changed.text
        stale = await clinic.http.patch(path, json={next(iter(change)): "Something else"}, headers={"If-Match": f'"{version}"'})
        assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version")
        assert stale.headers["content-type"] == "application/problem+json"


def new(path: str, clinic: Clinic) -> dict[str, Any]:
    return {
        "/api/rooms/sites": {"site_name": "Second Street", "time_zone": "UTC", "opening_hours": BY_DAY},
        "/api/rooms/rooms": {"site_id": clinic.site["id"], "room_number": "999", "room_name": "Attic", "capacity": 2},
        "/api/catalog/services": {
            "service_code": code(), "service_name": "Group", "service_type": "psychotherapy", "standard_duration": 50,
            "base_rate": "55.00", "billing_category": "group",
        },
        "/api/scheduling/clients": {"full_name": "Mina Harker"},
    }[path]  # fmt: skip
