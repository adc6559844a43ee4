"""Others hear what counts as a late cancellation."""

from contracts.scheduling import AnnounceCancellationPolicy, CancellationPolicyStated
from front_desk import Clinic
from support import until


async def test_what_counts_as_a_late_cancellation_is_stated_when_it_changes_and_when_somebody_asks(clinic: Clinic) -> None:
    heard = await clinic.rooms.listen(CancellationPolicyStated)
    await clinic.http.put("/policies/default", json={"cancellation_window_minutes": 2880})
    await clinic.rooms.say(AnnounceCancellationPolicy())

    async def twice() -> bool:
        return [[window.minutes for window in stated.windows] for stated in heard] == [[2880], [2880]]

    await until(twice)
