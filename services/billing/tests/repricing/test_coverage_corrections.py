"""A coverage that was entered wrong is corrected with its history; records follow, unless their claims were sent."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from back_office import Clinic, Json
from billing.coverages.schemas import CoverageChanges
from billing.repricing import use_cases
from billing.repricing.jobs import repricing
from billing.settings import Settings
from chassis.data.database import Database
from claims.test_claims import LAST_WEEK, WEBER, ask, claim, open_books, refused, see
from contracts.types import ClientId, new_id
from coverages.test_coverage import cover, payer
from pydantic import SecretStr

UTC = ZoneInfo("UTC")
INES = {"X-Forwarded-User": "ines"}


async def correct(clinic: Clinic, coverage: Json, **changes: object) -> Json:
    """Correct a coverage as Ines."""
    answer = await clinic.billing.patch(f"/coverages/{coverage['id']}", json=changes, headers=INES)
    assert answer.is_success, answer.text
    return answer.json()


async def only_coverage(clinic: Clinic, client: ClientId = WEBER) -> Json:
    [found] = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    return found


async def test_a_corrected_member_id_reaches_the_claim_of_a_record_that_was_not_claimed(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    corrected = await correct(clinic, await only_coverage(clinic), member_id="HM-9", group_number="G-7", plan_name="Gold")
    assert (corrected["member_id"], corrected["group_number"], corrected["plan_name"], corrected["version"]) == ("HM-9", "G-7", "Gold", 2)
    assert (corrected["following"], corrected["claimed"]) == ([{"record_id": record["id"], "replaced_by": None}], [])
    batch = await claim(clinic, record)
    text = (await clinic.billing.get(f"/claims/{batch['id']}/837p")).text
    assert "*MI*HM-9~" in text
    assert "SBR*P*18*G-7*" in text


async def test_a_coverage_that_was_entered_by_mistake_counts_on_no_day_and_its_records_follow(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    wrong = await only_coverage(clinic)
    before = str(date.fromisoformat(wrong["effective_from"]) - timedelta(days=1))
    withdrawn = await correct(clinic, wrong, effective_to=before)
    [following] = withdrawn["following"]
    in_its_place = (await clinic.billing.get(f"/records/{following['replaced_by']}")).json()
    assert (following["record_id"], in_its_place["insurance_amount"]) == (record["id"], "0.00")
    earlier = await clinic.billing.patch(f"/coverages/{wrong['id']}", json={"effective_to": "2020-01-01"})
    assert (earlier.status_code, before in earlier.json()["detail"]) == (422, True)
    right = await cover(clinic, WEBER, payer_id=wrong["payer_id"])
    assert right["effective_from"] <= wrong["effective_from"], "what counts on no day is in the way of none"


async def test_a_fee_that_was_entered_by_mistake_counts_on_no_day_and_its_records_follow(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    payer_id = (await only_coverage(clinic))["payer_id"]
    [fee] = (await clinic.billing.get(f"/payers/{payer_id}/fees", params={"service_code": "90837"})).json()["items"]
    withdrawn = {"effective_to": str(date.fromisoformat(fee["effective_from"]) - timedelta(days=1))}
    assert (await clinic.billing.patch(f"/fees/{fee['id']}", json=withdrawn, headers=INES)).is_success
    beside = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nobody")))
    async with beside.transaction() as tx:
        assert await repricing(UTC).scheduled().run(tx) == 1
    await beside.close()
    [anew] = [each for each in await clinic.records(session_id=record["session_id"]) if each["replaces_id"] == record["id"]]
    assert (record["allowed_amount"], anew["allowed_amount"]) == ("150.00", anew["total_amount"])
    right = {"service_code": "90837", "amount": "155.00", "effective_from": fee["effective_from"]}
    added = await clinic.billing.post(f"/payers/{payer_id}/fees", json=right, headers=INES)
    assert (added.status_code, added.json()["amount"]) == (201, "155.00")
    sheet = (await clinic.billing.get(f"/payers/{payer_id}/fees.csv")).text
    again = await clinic.billing.post(f"/payers/{payer_id}/fees/import", content=sheet, headers={"Content-Type": "text/csv"})
    assert (again.json()["added"], again.json()["unchanged"]) == (0, len(sheet.splitlines()) - 1)


async def test_a_discount_that_was_entered_by_mistake_counts_on_no_day_and_its_records_follow(clinic: Clinic) -> None:
    client = ClientId(new_id())
    scale = {"percent": "50", "reason": "sliding scale", "effective_from": "2026-01-01"}
    discount = (await clinic.billing.post(f"/clients/{client}/discounts", json=scale)).json()
    records = [await clinic.bill("90834", client_id=client) for _ in range(2)]
    await clinic.pay(records[0], "70.00")
    withdrawn = await clinic.billing.patch(f"/discounts/{discount['id']}", json={"effective_to": "2025-12-31"}, headers=INES)
    assert withdrawn.is_success, withdrawn.text
    found = {each["replaces_id"]: each for each in await clinic.records(client_id=client) if each["replaces_id"]}
    assert found.keys() == {record["id"] for record in records}
    assert [found[record["id"]]["balance"] for record in records] == ["70.00", "140.00"]
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_a_correction_keeps_who_changed_what_and_when(clinic: Clinic) -> None:
    await open_books(clinic)
    before = await only_coverage(clinic)
    await correct(clinic, before, member_id="HM-9")
    [change, _] = (await clinic.billing.get("/changes", params={"key": str(WEBER), "what": "coverage"})).json()["items"]
    assert (change["by"], change["action"], change["at"] > before["created_at"]) == ("ines", "changed", True)
    assert (change["before"]["member_id"], change["after"]["member_id"]) == (before["member_id"], "HM-9")


async def test_of_a_record_whose_claim_was_sent_the_correction_says_to_replace_the_claim(clinic: Clinic) -> None:
    await open_books(clinic)
    record, settled = await see(clinic), await see(clinic, day=LAST_WEEK - timedelta(days=1))
    batch = await claim(clinic, record)
    corrected = await correct(clinic, await only_coverage(clinic), member_id="HM-9")
    [reported] = corrected["claimed"]
    assert (reported["record_id"], reported["control_number"], reported["status"]) == (
        record["id"],
        batch["claims"][0]["control_number"],
        "submitted",
    )
    assert "frequency 7" in reported["fix"]
    assert [each["record_id"] for each in corrected["following"]] == [settled["id"]]
    again = await ask(clinic, record, frequency="7", payer_references={record["id"]: "ICN-9"})
    assert again.status_code == 201, again.text
    assert "*MI*HM-9~" in (await clinic.billing.get(f"/claims/{again.json()['id']}/837p")).text


async def test_a_corrected_payer_prices_records_anew_that_were_not_claimed_and_keeps_what_was_paid(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    await clinic.pay(record, "10.00")
    right = await payer(clinic, c90837="130.00")
    corrected = await correct(clinic, await only_coverage(clinic), payer_id=right)
    [followed] = corrected["following"]
    assert followed["record_id"] == record["id"]
    anew = (await clinic.billing.get(f"/records/{followed['replaced_by']}")).json()
    assert (anew["payer_id"], anew["allowed_amount"], anew["replaces_id"]) == (right, "130.00", record["id"])
    assert (anew["balance"], anew["unapplied_credit"]) == ("130.00", "10.00")
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_many_records_are_priced_anew_in_several_transactions(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "REPRICED_AT_ONCE", 2)
    await open_books(clinic)
    records = [await see(clinic, day=LAST_WEEK - timedelta(days=days)) for days in range(5)]
    right = await payer(clinic, c90837="130.00")
    corrected = await correct(clinic, await only_coverage(clinic), payer_id=right)
    assert [each["record_id"] for each in corrected["following"]] == [record["id"] for record in records]
    replaced = {each["replaced_by"] for each in corrected["following"]}
    anew = [record for record in await clinic.records(client_id=WEBER) if record["id"] in replaced]
    assert [record["payer_id"] for record in anew] == [right] * 5
    assert sorted(Counter(record["created_at"] for record in anew).values()) == [1, 2, 2]


async def test_records_that_a_failure_left_behind_are_not_claimed_and_priced_anew_later(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    right = await payer(clinic, c90837="130.00")
    body, key = CoverageChanges(payer_id=UUID(right)), UUID((await only_coverage(clinic))["id"])
    beside = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nobody")))
    async with beside.transaction() as tx:
        await use_cases.change_coverage(key, body, None, "ines", UTC, tx)
    assert refused(await ask(clinic, record)) == [(record["id"], "PAYER_CORRECTED")]
    job = repricing(UTC).scheduled()
    done = []
    for _ in range(2):
        async with beside.transaction() as tx:
            done.append(await job.run(tx))
    await beside.close()
    assert done == [1, 0]
    [anew] = [each for each in await clinic.records(session_id=record["session_id"]) if each["replaces_id"] == record["id"]]
    assert (anew["payer_id"], anew["allowed_amount"]) == (right, "130.00")
    assert (await claim(clinic, anew))["claims"][0]["payer_id"] == right


async def test_of_a_record_claimed_from_the_wrong_payer_the_correction_says_to_take_the_claim_back(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    await claim(clinic, record)
    corrected = await correct(clinic, await only_coverage(clinic), payer_id=await payer(clinic, c90837="130.00"))
    assert corrected["following"] == []
    [reported] = corrected["claimed"]
    assert "frequency 8" in reported["fix"]
    assert (await clinic.billing.get(f"/records/{record['id']}")).json()["payer_id"] == record["payer_id"]


async def replaced_by(clinic: Clinic, answer: Json) -> dict[str, Json]:
    """Return the records in the place of those that follow a coverage, by the ids of those."""
    pairs = {each["record_id"]: each["replaced_by"] for each in answer["following"] if each["replaced_by"]}
    return {old: (await clinic.billing.get(f"/records/{new}")).json() for old, new in pairs.items()}


async def test_a_coverage_that_is_added_later_prices_the_insured_records_of_its_days_that_were_not_claimed(clinic: Clinic) -> None:
    client, harbor = ClientId(new_id()), await payer(clinic, c90837="150.00")
    before, record = [await see(clinic, client_id=client, day=LAST_WEEK + timedelta(days=days)) for days in (-1, 0)]
    private = await see(clinic, client_id=client, day=LAST_WEEK + timedelta(days=1), insurance_applicable=False)
    await clinic.pay(record, "185.00")
    assert [flag["code"] for flag in record["flags"]] == ["NO_COVERAGE"]
    added = await cover(clinic, client, harbor, copay="25.00", effective_from=str(LAST_WEEK), as_of=str(LAST_WEEK + timedelta(days=7)))
    anew = await replaced_by(clinic, added)
    assert list(anew) == [record["id"]]
    now = anew[record["id"]]
    assert (now["patient_amount"], now["insurance_amount"], now["payer_id"], now["flags"]) == ("25.00", "125.00", harbor, [])
    assert (now["balance"], now["unapplied_credit"]) == ("125.00", "160.00")
    kept = [(await clinic.billing.get(f"/records/{each['id']}")).json()["payment_status"] for each in (before, private)]
    assert kept == ["pending", "pending"]
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_a_corrected_copay_reprices_what_was_not_claimed_and_no_insurer_has_answered(clinic: Clinic) -> None:
    await open_books(clinic, copay="25.00")
    record, claimed, answered = [await see(clinic, day=LAST_WEEK - timedelta(days=days)) for days in range(3)]
    await claim(clinic, claimed)
    await clinic.pay(answered, "50.00", "insurer")
    coverage = await only_coverage(clinic)
    assert (await correct(clinic, coverage, copay="25.00"))["following"] == []
    anew = await replaced_by(clinic, await correct(clinic, coverage, copay="40.00"))
    assert list(anew) == [record["id"]]
    assert (anew[record["id"]]["copay_amount"], anew[record["id"]]["balance"]) == ("40.00", "150.00")
    together = await correct(clinic, coverage, member_id="HM447103", copay="30.00")
    again = {each["record_id"]: each["replaced_by"] for each in together["following"]}
    assert again.keys() == {anew[record["id"]]["id"], answered["id"]}
    assert again[answered["id"]] is None
    last = (await clinic.billing.get(f"/records/{again[anew[record['id']]['id']]}")).json()
    assert last["copay_amount"] == "30.00"
    later = (LAST_WEEK + timedelta(days=1)).isoformat()
    learnt = await correct(clinic, coverage, deductible_remaining="500.00", as_of=later)
    assert await replaced_by(clinic, learnt) == {}


async def test_the_records_of_a_plans_days_follow_when_the_plan_is_replaced_from_an_earlier_day_on(clinic: Clinic) -> None:
    await open_books(clinic, copay="25.00")
    earlier, record = [await see(clinic, day=LAST_WEEK - timedelta(days=days)) for days in (1, 0)]
    other = await payer(clinic, c90837="130.00")
    anew = await replaced_by(clinic, await cover(clinic, WEBER, other, effective_from=str(LAST_WEEK), as_of=str(LAST_WEEK)))
    assert (list(anew), anew[record["id"]]["payer_id"]) == ([record["id"]], other)
    assert (await clinic.billing.get(f"/records/{earlier['id']}")).json()["payment_status"] == "pending"


async def test_the_holder_of_a_plan_is_corrected_together_with_the_relationship(clinic: Clinic) -> None:
    client = ClientId(new_id())
    coverage = await cover(clinic, client, await payer(clinic, c90837="150.00"))
    answer = await clinic.billing.patch(f"/coverages/{coverage['id']}", json={"relationship": "child"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/subscriber-contradicts")
    address = {"line1": "12 Harbor Street", "city": "Portland", "state": "ME", "postal_code": "041010000"}
    holder = {"last_name": "Weber", "first_name": "Anna", "birth_date": "1980-02-01", "gender": "F", "address": address}
    child = await correct(clinic, coverage, relationship="child", subscriber=holder)
    assert (child["relationship"], child["subscriber"]["first_name"]) == ("child", "Anna")
    assert (await correct(clinic, coverage, relationship="self"))["subscriber"] is None
    unknown = await clinic.billing.patch(f"/coverages/{coverage['id']}", json={"payer_id": str(new_id())})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/unknown-payer")
