"""While every service runs, nothing counts as away, whatever rights the services have at the broker."""

from support.clinic import Clinic, Json, at
from testing import until


async def test_a_session_on_a_healthy_platform_is_not_degraded(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(8, 9))

    async def undisturbed() -> bool:
        return (await clinic.session(session))["degraded"] == []

    await until(undisturbed)
    for hour in range(10, 16):  # each answer states it for itself, seconds after the start too
        again: Json = await clinic.booked(starts_at=at(8, hour))
        assert again["degraded"] == [], again
