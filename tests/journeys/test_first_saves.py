"""Several people save the same for the first time at one moment: each is answered, and none by an error of the service."""

import asyncio

from support.clinic import Clinic, Json

SIX = 6


async def test_six_people_who_save_the_same_for_the_first_time_are_all_answered(clinic: Clinic) -> None:
    other = await Clinic.open(clinic.http)
    hours = {clinic.site["id"]: {"mon": [["09:00", "17:00"]]}}
    saved: dict[str, Json] = {
        f"/api/rooms/sites/{clinic.site['id']}/special-days/2031-07-04": {"spans": [], "reason": "holiday"},
        "/api/scheduling/policies/default": {"notice_minutes": 60},
        f"/api/scheduling/policies/services/{clinic.service['id']}": {"notice_minutes": 60},
        "/api/scheduling/travel-times": {"site_ids": [clinic.site["id"], other.site["id"]], "minutes": 40},
        f"/api/scheduling/therapists/{clinic.therapist['id']}/working-hours": {"hours": hours, "breaks": {}},
    }
    for path, body in saved.items():
        answers = await asyncio.gather(*(clinic.http.put(path, json=body) for _ in range(SIX)))
        assert {answered.status_code for answered in answers} <= {200, 201, 409, 412}, (path, [answered.text for answered in answers])
        assert any(answered.is_success for answered in answers), path
