"""The log of changes states whom and what each change is about."""

from decimal import Decimal

from back_office import Clinic, Json
from insurer import as_expected, claim, made
from remittances.test_remittances import receive


async def subjects(clinic: Clinic, what: str) -> dict[str, Json]:
    """Return what the changes of a kind are about, by key."""
    found = (await clinic.billing.get("/changes", params={"what": what, "limit": 500})).json()["items"]
    return {each["key"]: each["subject"] for each in found}


def subject(kind: str, **facts: str) -> Json:
    return {"kind": kind, **dict.fromkeys(("name", "client_id", "service_code", "service_date")), **facts}


async def test_a_change_names_its_payer_client_record_or_remittance(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    record, client, payer = (claimed.record[name] for name in ("id", "client_id", "payer_id"))
    posted = await receive(clinic, as_expected(claimed.control_number))
    await clinic.pay(claimed.record, "25.00")
    await made(clinic, f"/clients/{client}/discounts", percent="10", reason="sliding scale", effective_from="2026-06-01")
    of_record = subject("record", client_id=client, service_code="90837", service_date="2026-03-02")
    expected = {
        ("payer", payer): subject("payer", name="Harbor Mutual"),
        ("fee", payer): subject("payer", name="Harbor Mutual"),
        ("coverage", client): subject("client", client_id=client),
        ("discount", client): subject("client", client_id=client),
        ("payment", record): of_record,
        ("remittance", posted["id"]): subject("remittance", name="HARBOR MUTUAL"),
    }
    found = {(what, key): (await subjects(clinic, what)).get(key) for what, key in expected}
    assert found == expected


async def test_what_a_remittance_moves_beyond_its_claims_is_about_the_remittance(clinic: Clinic) -> None:
    posted = await receive(clinic, withheld=[("L6", Decimal("-1.15"))], trace="EFT-9")
    assert (await subjects(clinic, "provider_adjustment"))[posted["id"]] == subject("remittance", name="HARBOR MUTUAL")
