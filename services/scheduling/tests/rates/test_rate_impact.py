"""Before a rate is changed it is known what it means for the sessions that are booked."""

from datetime import timedelta

from contracts.types import new_id
from front_desk import Clinic


async def test_a_rate_shows_what_it_would_change_and_booked_sessions_keep_their_promise(clinic: Clinic) -> None:
    session = await clinic.booked()
    requested = {"amount": "195.00", "effective_from": f"{clinic.monday:%Y-%m-%d}"}
    path = f"/services/{clinic.service_id}/rates/impact"
    impact = (await clinic.http.get(path, params=requested)).json()
    assert (impact["sessions"], impact["promised_total"], impact["new_total"], impact["difference"]) == (1, "185.00", "195.00", "10.00")
    assert [month["month"] for month in impact["by_month"]] == [f"{clinic.monday:%Y-%m}"]
    later = (await clinic.http.get(path, params=requested | {"effective_from": f"{clinic.monday + timedelta(days=1):%Y-%m-%d}"})).json()
    assert (later["sessions"], later["difference"]) == (0, "0.00")
    assert (await clinic.http.get(f"/sessions/{session['id']}")).json()["calculated_rate"] == "185.00"
    assert (await clinic.http.get(f"/services/{new_id()}/rates/impact", params=requested)).status_code == 404
    assert (await clinic.http.get(path, params=requested | {"amount": "-1.00"})).status_code == 422
