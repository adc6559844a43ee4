"""A payer has one code, however its letters are written."""

import asyncio

from back_office import Clinic


async def test_a_code_in_other_letters_is_the_payer_that_is_there(clinic: Clinic) -> None:
    first = await clinic.billing.post("/payers", json={"payer_name": "Harbor Mutual", "payer_code": "Hm001"})
    for code in ("HM001", "hm001", "Hm001"):
        again = await clinic.billing.post("/payers", json={"payer_name": "Harbor Mutual Health", "payer_code": code})
        assert (again.status_code, again.json()["type"], again.json()["payer_id"]) == (
            409,
            "/problems/payer-code-taken",
            first.json()["id"],
        )
        assert "Hm001 is the code of Harbor Mutual already" in again.json()["detail"]
    found = (await clinic.billing.get("/payers", params={"q": "hm001"})).json()["items"]
    assert [each["payer_code"] for each in found] == ["Hm001"]


async def test_of_two_who_add_one_code_at_once_in_different_letters_one_does(clinic: Clinic) -> None:
    bodies = [{"payer_name": "North Star Health", "payer_code": code} for code in ("NS77", "ns77", "Ns77", "nS77")]
    answers = await asyncio.gather(*(clinic.billing.post("/payers", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
