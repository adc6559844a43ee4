"""Therapists and clients: found by any part of their names and contacts, changed as last seen."""

import pytest
from front_desk import Clinic
from scheduling.people import queries


async def test_people_are_found_by_any_part_of_their_name(clinic: Clinic) -> None:
    wanted = await clinic.new_client("Ana Lucía Ortega")
    found = (await clinic.http.get("/clients", params={"q": "ort ana"})).json()["items"]
    assert [client["id"] for client in found] == [wanted]
    assert (await clinic.http.get("/clients", params={"q": "100%"})).json()["items"] == []


@pytest.mark.parametrize(
    "q", ["LUCIA ort", "Ortega, Ana", "2075550134", "(207) 555-0134", "+1 207", "207.555 0134", "lucia.o@example", "ana 0134"]
)
async def test_a_client_is_found_by_name_e_mail_and_telephone_however_they_are_written(clinic: Clinic, q: str) -> None:
    person = {"full_name": "Ana Lucía Ortega", "email": "lucia.o@example.com", "phone": "+1 (207) 555-0134"}
    wanted = (await clinic.http.post("/clients", json=person)).raise_for_status().json()["id"]
    await clinic.new_client("Analu Ortmann")
    found = (await clinic.http.get("/clients", params={"q": q})).raise_for_status().json()["items"]
    assert [client["id"] for client in found] == [wanted]


@pytest.mark.parametrize(
    ("phone", "qs"),
    [
        (
            "+49 30 1234567",
            ("+49 30 1234567", "+49 30", "30 1234567", "030 1234567", "+49 (0)30 / 1234567", "0049 30 12 34 567", "49301234567"),
        ),
        ("+44 20 7946 0958", ("+44 20 7946 0958", "20 7946 0958", "+44 20", "020 7946 0958 ana", "+442079460958", "7946 - 0958")),
        ("(207) 555-0163", ("+1 207 555 0163", "+12075550163", "1-207-555-0163", "(207) 555-0163", "207 555", "55 50 163", "555 207")),
        ("212-555-0134 x12", ("212-555-0134 x12", "+1 (212) 555-0134 x 12", "ana 212 555 0134 ortega")),
    ],
)
async def test_a_telephone_number_is_found_in_whichever_groups_it_is_typed(clinic: Clinic, phone: str, qs: tuple[str, ...]) -> None:
    person = {"full_name": "Ana Ortega", "phone": phone}
    wanted = (await clinic.http.post("/clients", json=person)).raise_for_status().json()["id"]
    other = {"full_name": "Ana Ortega", "phone": "+43 1 555 0199"}
    (await clinic.http.post("/clients", json=other)).raise_for_status()
    for q in qs:
        found = (await clinic.http.get("/clients", params={"q": q})).raise_for_status().json()["items"]
        assert [client["id"] for client in found] == [wanted], q


async def test_a_client_is_found_whichever_apostrophe_umlaut_or_sharp_s_is_typed(clinic: Clinic) -> None:
    await clinic.new_client("Siobh\u00e1n O\u2019Brien")
    await clinic.new_client("Jörg Müller-Strauß")
    for q, name in (("obrien", "Siobh"), ("O'Brien", "Siobh"), ("mueller strauss", "Jörg"), ("joerg", "Jörg")):
        found = (await clinic.http.get("/clients", params={"q": q})).raise_for_status().json()["items"]
        assert [client["full_name"][: len(name)] for client in found] == [name], q


@pytest.mark.parametrize("walked", [1, 3, 100], ids=["by the index", "by both", "among the next names"])
async def test_a_search_lists_every_client_who_fits_page_by_page_however_they_are_found(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    monkeypatch.setattr(queries, "WALKED_AT_MOST", walked)
    names = [f"{name} Quillon" for name in ("Ana", "Ben", "Cem", "Dora", "Eva")]
    for name in ("Aba Other", *names[::-1], "Bo Other"):
        await clinic.new_client(name)
    requested, found = {"q": "quillon", "limit": "2"}, list[str]()
    while len(found) <= len(names):
        answer = (await clinic.http.get("/clients", params=requested)).raise_for_status().json()
        found += [client["full_name"] for client in answer["items"]]
        if answer["next_cursor"] is None:
            break
        requested["cursor"] = answer["next_cursor"]
    assert found == names


async def test_a_client_is_found_by_what_was_changed(clinic: Clinic) -> None:
    client_id = await clinic.new_client("Jonas Weber")
    (await clinic.http.patch(f"/clients/{client_id}", json={"phone": "030 1234567"})).raise_for_status()
    for q, expected in {"1234567": {client_id}, "_": set[str](), "%": set[str](), "1234568": set[str]()}.items():
        found = (await clinic.http.get("/clients", params={"q": q})).json()["items"]
        assert {client["id"] for client in found} == expected
    refused = await clinic.http.patch(f"/clients/{client_id}", json={"email": "mailto:jonas@example.com"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "email")


async def test_a_therapist_is_found_by_credential_too(clinic: Clinic) -> None:
    body = {"full_name": "Zoë Brandt", "credential": "PsyD", "npi": "1234567893"}
    wanted = (await clinic.http.post("/therapists", json=body)).raise_for_status().json()["id"]
    for q in ("zoe psyd", "1234567893"):
        found = (await clinic.http.get("/therapists", params={"q": q})).json()["items"]
        assert [therapist["id"] for therapist in found] == [wanted]


async def test_the_people_of_a_page_are_read_in_one_request(clinic: Clinic) -> None:
    ana, jonas = await clinic.new_client("Ana Ortega"), await clinic.new_client("Jonas Weber")
    await clinic.new_client("Ines Brandt")
    gone = "01900000-0000-7000-8000-000000000000"
    clients = (await clinic.http.get("/clients", params={"ids": [jonas, gone, ana]})).json()["items"]
    assert [client["id"] for client in clients] == [ana, jonas]
    therapists = (await clinic.http.get("/therapists", params={"ids": [clinic.therapist_id, gone]})).json()["items"]
    assert [therapist["id"] for therapist in therapists] == [clinic.therapist_id]
    assert (await clinic.http.get("/clients", params={"ids": [gone] * 101})).status_code == 422


async def test_a_person_is_changed_only_as_last_seen(clinic: Clinic) -> None:
    url = f"/therapists/{clinic.therapist_id}"
    changed = await clinic.http.patch(url, json={"credential": "PhD"}, headers={"If-Match": '"1"'})
    assert (changed.json()["credential"], changed.json()["full_name"], changed.json()["version"]) == ("PhD", "Ruth Adler", 2)
    stale = await clinic.http.patch(url, json={"is_active": False}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version")


async def test_time_off_that_is_over_is_left_out_where_only_what_comes_is_asked_for(clinic: Clinic) -> None:
    path = f"/therapists/{clinic.therapist_id}/time-off"
    for day in ("2030-05-01", "2030-05-02"):
        body = {"starts_at": f"{day}T08:00:00Z", "ends_at": f"{day}T18:00:00Z", "reason": "Training"}
        (await clinic.http.post(path, json=body)).raise_for_status()
    found = (await clinic.http.get(path, params={"from": "2030-05-01T18:00:00Z", "limit": 1})).json()["items"]
    assert [each["starts_at"] for each in found] == ["2030-05-02T08:00:00Z"]


async def test_time_off_that_takes_no_time_is_an_impossible_time(clinic: Clinic) -> None:
    body = {"starts_at": "2030-05-01T08:00:00Z", "ends_at": "2030-05-01T08:00:00Z", "reason": "Training"}
    refused = await clinic.http.post(f"/therapists/{clinic.therapist_id}/time-off", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/impossible-time")
    assert [error["field"] for error in refused.json()["errors"]] == ["ends_at"]


async def test_a_therapist_who_left_is_not_booked(clinic: Clinic) -> None:
    (await clinic.http.patch(f"/therapists/{clinic.therapist_id}", json={"is_active": False})).raise_for_status()
    assert (await clinic.book()).json()["type"] == "/problems/inactive-therapist"


async def test_impossible_people_are_refused_with_every_reason(clinic: Clinic) -> None:
    answer = await clinic.http.post("/therapists", json={"full_name": " ", "npi": "12", "time_zone": "Mars/Olympus", "height": 3})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"full_name", "npi", "time_zone", "height"}
