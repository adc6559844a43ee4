"""A new rate counts from its day on: who was promised the old one pays the old one."""

from support.clinic import Clinic, at, succeeded
from testing import until


async def test_a_session_costs_what_is_in_force_on_its_day(clinic: Clinic) -> None:
    await clinic.booked(starts_at=at(12))
    new_day = at(10)[:10]
    await clinic.post(f"/api/catalog/services/{clinic.service['id']}/rates", amount="195.00", effective_from=new_day)
    await clinic.knows_price("195.00", new_day)

    async def costs_more() -> bool:
        session = await clinic.booked(starts_at=at(11))
        if session["calculated_rate"] != "195.00":  # scheduling has not received it yet
            succeeded(await clinic.step(session, "cancel", reason="at the old rate"))
        return session["calculated_rate"] == "195.00"

    await until(costs_more)
    assert (await clinic.booked(starts_at=at(10)))["calculated_rate"] == "195.00", "from its first day on"
    assert (await clinic.booked(starts_at=at(9)))["calculated_rate"] == "185.00", "not a day earlier"
    [promised] = (await clinic.get("/api/scheduling/sessions", client_id=clinic.client["id"], **{"from": at(12, 0), "to": at(12, 23)}))[
        "items"
    ]
    assert promised["calculated_rate"] == "185.00", "a promise is kept"

    session = await clinic.booked(starts_at=at(-1), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    assert (await clinic.record(session))["total_amount"] == "185.00"


async def test_rates_do_not_overlap_and_do_not_begin_in_the_past(clinic: Clinic) -> None:
    rates = f"/api/catalog/services/{clinic.service['id']}/rates"
    await clinic.post(rates, amount="195.00", effective_from=at(10)[:10])
    again = await clinic.http.post(rates, json={"amount": "199.00", "effective_from": at(10)[:10]})
    assert again.status_code == 409
    past = await clinic.http.post(rates, json={"amount": "199.00", "effective_from": at(-3)[:10]})
    assert past.status_code == 422
    assert (await clinic.get(f"{rates}/on/{at(9)[:10]}"))["amount"] == "185.00"
    assert (await clinic.get(f"{rates}/on/{at(10)[:10]}"))["amount"] == "195.00"
