"""A hold keeps a room for a session until it is confirmed, given back, or forgotten; every step may come twice or late."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from contracts.rooms import (
    ConfirmHolds,
    HoldAnswer,
    HoldRelease,
    HoldRequest,
    HoldsAnswered,
    Outcome,
    RefusalReason,
    ReleaseHolds,
    ReleaseReason,
    RequestHolds,
)
from contracts.types import HoldId, new_id
from requester import MONDAY, Clinic, Requester, at, new_session
from testing import RunService, until


async def test_a_free_room_is_held_confirmed_and_handed_back(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    granted = await clinic.hold(at(10), room_id=room)
    assert (granted.outcome, granted.room_id, granted.room_number) == (Outcome.GRANTED, room, "201")
    assert granted.expires_at is not None
    assert timedelta(minutes=4) < granted.expires_at - datetime.now(UTC) <= timedelta(minutes=5)
    confirmed = await clinic.requester.confirm(granted.hold_id)
    assert (confirmed.outcome, confirmed.room_id, confirmed.expires_at) == (Outcome.CONFIRMED, room, None)
    hold = (await clinic.http.get(f"/holds/{granted.hold_id}")).json()
    assert (hold["status"], hold["expires_at"], hold["room_id"]) == ("confirmed", None, str(room))
    released = await clinic.requester.release(granted.hold_id)
    assert (released.outcome, await clinic.status(granted.hold_id)) == (Outcome.RELEASED, "released")
    assert (await clinic.hold(at(10), room_id=room)).outcome is Outcome.GRANTED


async def test_a_taken_room_is_refused_with_alternatives_that_can_be_had(clinic: Clinic) -> None:
    room, other = await clinic.add_room("201"), await clinic.add_room("202")
    booked = await clinic.book(at(10), room_id=room)
    refused = await clinic.hold(at(10), room_id=room)
    assert (refused.outcome, refused.reason, refused.room_id) == (Outcome.REFUSED, RefusalReason.BOOKED, None)
    assert refused.session_id != booked.session_id
    assert len(refused.alternatives) == 12
    assert (refused.alternatives[0].room_id, refused.alternatives[0].starts_at) == (other, at(10))
    chosen = refused.alternatives[0]
    accepted = await clinic.hold(chosen.starts_at, room_id=chosen.room_id)
    assert accepted.outcome is Outcome.GRANTED


async def test_an_alternative_is_not_a_time_that_was_granted_in_the_same_breath(clinic: Clinic) -> None:
    room = await clinic.add_room("201", turnover_minutes=10)
    needs = [clinic.need(at(10), room_id=room), clinic.need(at(11.25), room_id=room), clinic.need(at(10), room_id=room)]
    first, second, refused = await clinic.requester.request(*needs)
    assert [first.outcome, second.outcome, refused.outcome] == [Outcome.GRANTED, Outcome.GRANTED, Outcome.REFUSED]
    assert [each.shift_minutes for each in refused.alternatives[:2]] == [-75, -90]


async def test_one_message_may_ask_for_hundreds_of_rooms(clinic: Clinic) -> None:
    await clinic.add_room("201")
    await clinic.add_room("202")
    needs = [clinic.need(at(8 + index % 12, days=index // 60), 50) for index in range(240)]
    answers = await clinic.requester.request(*needs)
    granted = [(need.starts_at, answer.room_id) for need, answer in zip(needs, answers, strict=True) if answer.outcome is Outcome.GRANTED]
    assert len(granted) == len(set(granted)) == 4 * 12 * 2
    refused = [answer for answer in answers if answer.outcome is Outcome.REFUSED]
    free = {(each.starts_at, each.room_id) for answer in refused for each in answer.alternatives}
    assert not free & set(granted)


async def test_a_session_moves_a_little_inside_its_own_room_while_others_are_refused(clinic: Clinic) -> None:
    room, mine = await clinic.add_room("201"), new_session()
    await clinic.book(at(10), room_id=room, session_id=mine)
    assert (await clinic.hold(at(10.25), room_id=room)).reason is RefusalReason.BOOKED
    assert (await clinic.hold(at(10.25), room_id=room, session_id=mine)).outcome is Outcome.GRANTED


async def test_turnover_counts_as_it_was_when_the_room_was_taken(clinic: Clinic) -> None:
    room = await clinic.add_room("201", turnover_minutes=15)
    await clinic.book(at(10), room_id=room)
    assert (await clinic.http.patch(f"/rooms/{room}", json={"turnover_minutes": 0})).status_code == 200
    assert (await clinic.hold(at(11), room_id=room)).reason is RefusalReason.BOOKED
    assert (await clinic.hold(at(11.25), room_id=room)).outcome is Outcome.GRANTED


async def test_a_hold_that_is_not_confirmed_in_time_stays_and_is_requested_again(run_service: RunService, requester: Requester) -> None:
    clinic = await _clinic(await run_service("rooms", hold_seconds=0.2, expiry_check_seconds=0.05), requester)
    room = await clinic.add_room("201")
    granted = await clinic.hold(at(10), room_id=room)
    again = await requester.until_received(granted.hold_id, 3)
    assert (again.outcome, again.session_id, again.room_id) == (Outcome.GRANTED, granted.session_id, room)
    assert again.expires_at is not None
    assert granted.expires_at is not None
    assert again.expires_at > granted.expires_at
    assert (await clinic.hold(at(10), room_id=room)).reason is RefusalReason.HELD
    block = await clinic.http.post(f"/rooms/{room}/blocks", json=_block(at(9), at(12)))
    assert (block.status_code, await clinic.status(granted.hold_id)) == (409, "held")
    await requester.publish(ConfirmHolds(hold_ids=(granted.hold_id,)))
    await until(lambda: _is_confirmed(clinic, granted.hold_id))


async def test_a_hold_that_nobody_answers_for_expires_long_after_its_stay(run_service: RunService, requester: Requester) -> None:
    clinic = await _clinic(await run_service("rooms", hold_seconds=0.2, expiry_check_seconds=0.05), requester)
    room = await clinic.add_room("201")
    granted = await clinic.hold(long_ago(10), room_id=room)
    expired = await requester.until_received(granted.hold_id, 2)
    assert (expired.outcome, expired.session_id) == (Outcome.EXPIRED, granted.session_id)
    assert (await clinic.hold(long_ago(10), room_id=room)).outcome is Outcome.GRANTED


async def test_a_late_confirmation_revives_the_hold_unless_its_time_is_gone(run_service: RunService, requester: Requester) -> None:
    clinic = await _clinic(await run_service("rooms", hold_seconds=0.2, expiry_check_seconds=0.05), requester)
    room, blocked = await clinic.add_room("201"), await clinic.add_room("202")
    free, taken, shut = [await clinic.hold(long_ago(hour), room_id=each) for hour, each in ((9, room), (11, room), (13, blocked))]
    for each in (free, taken, shut):
        await requester.until_received(each.hold_id, 2)
    other = await clinic.book(long_ago(11.5), room_id=room)
    assert (await clinic.http.post(f"/rooms/{blocked}/blocks", json=_block(long_ago(12), long_ago(15)))).status_code == 201
    assert (await requester.confirm(free.hold_id)).outcome is Outcome.CONFIRMED
    gone = await requester.confirm(taken.hold_id)
    assert (gone.outcome, gone.reason) == (Outcome.EXPIRED, RefusalReason.BOOKED)
    gone = await requester.confirm(shut.hold_id)
    assert (gone.outcome, gone.reason) == (Outcome.EXPIRED, RefusalReason.BLOCKED)
    assert [await clinic.status(each.hold_id) for each in (free, taken, shut, other)] == ["confirmed", "expired", "expired", "confirmed"]


async def test_a_request_that_comes_after_its_release_gets_nothing(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    late = clinic.need(at(10), room_id=room)
    assert (await clinic.requester.release(late.hold_id)).session_id is None
    [answer] = await clinic.requester.request(late)
    assert (answer.outcome, await clinic.status(late.hold_id)) == (Outcome.RELEASED, "released")
    assert (await clinic.hold(at(10), room_id=room)).outcome is Outcome.GRANTED


async def test_a_confirmation_of_a_hold_that_nobody_knows_is_answered(clinic: Clinic) -> None:
    answer = await clinic.requester.confirm(HoldId(new_id()))
    assert (answer.outcome, answer.reason, answer.session_id) == (Outcome.EXPIRED, RefusalReason.TOO_LATE, None)


async def test_a_request_that_took_too_long_to_arrive_is_refused_without_alternatives(clinic: Clinic) -> None:
    await clinic.add_room("201")
    answer = await clinic.hold(at(10), not_after=datetime.now(UTC) - timedelta(seconds=1))
    assert (answer.outcome, answer.reason, answer.alternatives) == (Outcome.REFUSED, RefusalReason.TOO_LATE, ())


CELLS = [
    ("held", "request", Outcome.GRANTED, "held"),
    ("held", "confirm", Outcome.CONFIRMED, "confirmed"),
    ("held", "release", Outcome.RELEASED, "released"),
    ("confirmed", "request", Outcome.CONFIRMED, "confirmed"),
    ("confirmed", "confirm", Outcome.CONFIRMED, "confirmed"),
    ("confirmed", "release", Outcome.RELEASED, "released"),
    ("refused", "request", Outcome.REFUSED, "refused"),
    ("refused", "confirm", Outcome.REFUSED, "refused"),
    ("refused", "release", Outcome.RELEASED, "refused"),
    ("expired", "request", Outcome.EXPIRED, "expired"),
    ("expired", "confirm", Outcome.CONFIRMED, "confirmed"),
    ("expired", "release", Outcome.RELEASED, "released"),
    ("released", "request", Outcome.RELEASED, "released"),
    ("released", "confirm", Outcome.RELEASED, "released"),
    ("released", "release", Outcome.RELEASED, "released"),
]
"""What a hold is, what it receives, what is answered, and what it is then; a hold that is not there yet is above."""


async def test_whatever_a_hold_receives_in_whatever_state_has_its_one_answer(clinic: Clinic) -> None:
    await _check([cell for cell in CELLS if cell[0] != "expired"], clinic, at(10))


async def test_whatever_a_hold_receives_after_it_expired_has_its_one_answer(run_service: RunService, requester: Requester) -> None:
    clinic = await _clinic(await run_service("rooms", hold_seconds=0.2, expiry_check_seconds=0.05), requester)
    await _check([cell for cell in CELLS if cell[0] == "expired"], clinic, long_ago(10))


async def test_the_same_message_twice_is_acted_on_once(clinic: Clinic) -> None:
    room, event = await clinic.add_room("201"), new_id()
    need, marker = clinic.need(at(10), room_id=room), clinic.need(at(12), room_id=room)
    for _ in range(3):
        await clinic.requester.publish(RequestHolds(requests=(need,)), event_id=event)
    await clinic.requester.request(marker)
    assert len(clinic.requester.answers[need.hold_id]) == 1


async def test_a_repeated_request_gets_its_first_answer_word_for_word(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    granted_need, refused_need = clinic.need(at(10), room_id=room), clinic.need(at(10), room_id=room)
    first = await clinic.requester.request(granted_need, refused_need)
    await clinic.add_room("202")
    assert await clinic.requester.request(granted_need, refused_need) == first
    assert first[1].alternatives


@pytest.mark.parametrize("named", [True, False])
async def test_two_replicas_never_give_one_room_to_two_sessions(
    clinic: Clinic, database_url: str, run_service: RunService, *, named: bool
) -> None:
    await run_service("rooms", database_url=database_url)
    rooms = [await clinic.add_room(f"{201 + index}") for index in range(3)]
    needs = [clinic.need(at(10), room_id=rooms[index % 3] if named else None) for index in range(60)]
    answers = [answer for batch in await asyncio.gather(*(clinic.requester.request(need) for need in needs)) for answer in batch]
    granted = [answer.room_id for answer in answers if answer.outcome is Outcome.GRANTED]
    assert sorted(granted, key=str) == sorted(rooms, key=str)
    for need, answer in zip(needs, answers, strict=True):
        if answer.outcome is Outcome.REFUSED:
            taken = [need.room_id] if named else rooms  # who named a room may be offered one that nobody else has requested yet
            assert answer.alternatives
            assert all(each.starts_at != at(10) or each.room_id not in taken for each in answer.alternatives)
    day = {"site_id": str(clinic.site_id), "from": at(8).isoformat(), "to": at(20).isoformat()}
    assert [len(each["entries"]) for each in (await clinic.http.get("/calendar", params=day)).json()["rooms"]] == [1, 1, 1]


async def test_large_answers_are_cut_into_several_messages(clinic: Clinic) -> None:
    releases = [HoldRelease(hold_id=HoldId(new_id()), reason=ReleaseReason.STALE) for _ in range(1100)]
    await clinic.requester.publish(ReleaseHolds(holds=tuple(releases)))
    await asyncio.gather(*(clinic.requester.until_received(each.hold_id) for each in releases))
    assert [len(message.answers) for message in await clinic.requester.until_published(HoldsAnswered)] == [500, 500, 100]


async def _is_confirmed(clinic: Clinic, hold_id: HoldId) -> bool:
    return await clinic.status(hold_id) == "confirmed"


def long_ago(hour: float) -> datetime:
    """Return a moment on a Monday of which nothing is booked any more."""
    return at(hour, days=-7 * ((MONDAY - datetime.now(UTC)).days // 7 + 7))


def _block(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "reason": "paint"}


async def _clinic(http: object, requester: Requester) -> Clinic:
    clinic = Clinic(http, requester, new_id())  # type: ignore[arg-type]
    clinic.site_id = await clinic.add_site()
    return clinic


async def _check(cells: list[tuple[str, str, Outcome, str]], clinic: Clinic, starts_at: datetime) -> None:
    requests = [clinic.need(starts_at, room_id=await clinic.add_room(f"{200 + index}")) for index in range(len(cells))]
    await asyncio.gather(*(_bring_into(cell[0], request, clinic) for request, cell in zip(requests, cells, strict=True)))
    answers = await asyncio.gather(*(_hear(cell[1], request, clinic.requester) for request, cell in zip(requests, cells, strict=True)))
    states = await asyncio.gather(*(clinic.status(request.hold_id) for request in requests))
    found = [(*cell[:2], answer.outcome, state) for cell, answer, state in zip(cells, answers, states, strict=True)]
    assert found == cells


async def _bring_into(state: str, request: HoldRequest, clinic: Clinic) -> None:
    if state == "refused":
        await clinic.book(request.starts_at, room_id=request.room_id)
    await clinic.requester.request(request)
    match state:
        case "confirmed":
            await clinic.requester.confirm(request.hold_id)
        case "released":
            await clinic.requester.release(request.hold_id)
        case "expired":
            await clinic.requester.until_received(request.hold_id, 2)


async def _hear(command: str, request: HoldRequest, requester: Requester) -> HoldAnswer:
    match command:
        case "request":
            return (await requester.request(request))[0]
        case "confirm":
            return await requester.next_answer(request.hold_id, ConfirmHolds(hold_ids=(request.hold_id,)))
        case _:
            return await requester.release(request.hold_id)
