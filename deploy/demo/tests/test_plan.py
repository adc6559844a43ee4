"""The plan of the demonstration network holds together before anything is requested of the platform."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from demo.network import CLIENTS, SITES, THERAPISTS, services
from demo.plan import DAYS_AHEAD, DAYS_BACK, Ending, Plan, Visit, plan

FIRST_DAYS = [date(2026, 3, 2) + timedelta(days=number) for number in range(7)] + [date(2026, 11, 1), date(2027, 1, 1), date(2028, 2, 29)]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(params=FIRST_DAYS, ids=str)
def planned(request: pytest.FixtureRequest) -> Plan:
    """Plan for different first days."""
    return plan(request.param)


def everything(planned: Plan) -> list[Visit]:
    return [*planned.visits, *planned.wanted]


def test_the_same_day_gets_the_same_plan() -> None:
    assert plan(FIRST_DAYS[0]) == plan(FIRST_DAYS[0])


def test_there_is_enough_to_look_at(planned: Plan) -> None:
    assert 600 <= len(planned.visits) <= 1000
    assert len(planned.wanted) >= 6
    assert planned.impossible
    endings = Counter(visit.ending for visit in planned.visits)
    assert endings[Ending.COMPLETED] > 300
    assert endings[Ending.CANCELLED] > 10
    assert endings[Ending.MISSED] > 10
    assert endings[None] > 200


def test_nobody_is_in_two_places_at_once(planned: Plan) -> None:
    days: dict[str, list[Visit]] = {}
    for visit in sorted(everything(planned), key=lambda visit: visit.starts_at):
        days.setdefault(visit.therapist.npi, []).append(visit)
        days.setdefault(visit.client.email, []).append(visit)
    for visits in days.values():
        assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(visits))


def test_a_session_is_known_by_its_client_and_day(planned: Plan) -> None:
    assert max(Counter(visit.key for visit in everything(planned)).values()) == 1


def test_everybody_meets_while_the_site_is_open(planned: Plan) -> None:
    for visit in everything(planned):
        spans = visit.site.opening_hours.get(WEEKDAYS[visit.starts_at.weekday()], ())
        begins, ends = f"{visit.starts_at:%H:%M}", f"{visit.ends_at:%H:%M}"
        assert any(opens <= begins and ends <= closes for opens, closes in spans), visit


def test_the_weeks_lie_around_the_first_day() -> None:
    for first_day in FIRST_DAYS:
        for visit in everything(plan(first_day)):
            assert -DAYS_BACK <= (visit.starts_at.date() - first_day).days <= DAYS_AHEAD
            assert visit.ending is not Ending.COMPLETED or visit.starts_at.date() < first_day


def test_a_room_that_is_wished_for_is_taken_at_that_time(planned: Plan) -> None:
    for wanted in planned.wanted:
        other = wanted.wants_room_of
        assert other in planned.visits
        assert other.site is wanted.site
        assert other.starts_at == wanted.starts_at
        assert other.ending is None


def test_what_is_impossible_is_so_for_the_reason_that_is_told(planned: Plan) -> None:
    for visit, reasons in planned.impossible:
        there = [other for other in everything(planned) if other.starts_at < visit.ends_at and visit.starts_at < other.ends_at]
        busy = {"therapist-busy": any(other.therapist is visit.therapist for other in there)}
        busy["client-busy"] = any(other.client is visit.client for other in there)
        assert {reason for reason, holds in busy.items() if holds} == reasons


def test_every_room_that_a_service_needs_is_there() -> None:
    for visit in plan(FIRST_DAYS[0]).visits:
        assert any(room.capacity >= (visit.capacity or 1) and set(visit.equipment) <= set(room.equipment) for room in visit.site.rooms)


def test_people_and_codes_are_well_formed_and_each_is_there_once() -> None:
    assert len({client.email for client in CLIENTS}) == len({client.phone for client in CLIENTS}) == len(CLIENTS) == 80
    assert all(client.email.endswith("@example.com") and " 555 01" in client.phone for client in CLIENTS)
    assert len({therapist.npi for therapist in THERAPISTS}) == len(THERAPISTS) == 12
    assert sum(len(site.rooms) for site in SITES) == 15
    assert {visit.service_code for visit in plan(FIRST_DAYS[0]).visits} <= services().keys()


def test_npis_pass_their_check() -> None:
    for therapist in THERAPISTS:
        digits = [int(digit) for digit in f"80840{therapist.npi}"]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        assert len(therapist.npi) == 10
        assert (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
