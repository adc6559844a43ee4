"""A payer has one code, however its letters are written, and a version that rises with what changes."""

import asyncio
from typing import Any

import pytest
from back_office import MONDAY, Clinic
from contracts.types import new_id


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


@pytest.mark.parametrize("what", ["payers", "fees", "coverages", "discounts"])
async def test_a_change_that_changes_nothing_leaves_the_version_and_one_that_changes_raises_it(clinic: Clinic, what: str) -> None:
    payer = (await clinic.billing.post("/payers", json={"payer_name": "Harbor Mutual", "payer_code": "HM901"})).json()
    plan = {"payer_id": payer["id"], "member_id": "M1", "plan_name": "Gold", "copay": "30.00", "as_of": f"{MONDAY:%Y-%m-%d}"}
    begins, client = {"effective_from": f"{MONDAY:%Y-%m-%d}"}, f"/clients/{new_id()}"
    added: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
        "payers": ("/payers", {"payer_name": "North Star Health", "payer_code": "NS901"}, {"payer_name": "North Star"}),
        "fees": (f"/payers/{payer['id']}/fees", begins | {"service_code": "90837", "amount": "152.00"}, {"amount": "160.00"}),
        "coverages": (f"{client}/coverages", begins | plan, {"copay": "40.00"}),
        "discounts": (f"{client}/discounts", begins | {"percent": "10.00", "reason": "Staff"}, {"percent": "20.00"}),
    }
    path, body, changed = added[what]
    row = (await clinic.billing.post(path, json=body)).json()
    same = {name: row[name] for name in changed}
    versions = [(await clinic.billing.patch(f"/{what}/{row['id']}", json=each)).json()["version"] for each in (same, changed, changed)]
    assert versions == [row["version"], row["version"] + 1, row["version"] + 1]
