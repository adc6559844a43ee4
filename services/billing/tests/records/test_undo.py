"""A completion, no-show or cancellation that is undone: in every order of the messages the same records count."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any, Final

import pytest
from back_office import Clinic, Json, complete
from billing.ledger import undoing
from billing.ledger.undoing import Made
from contracts.scheduling import (
    SessionCancelled,
    SessionCompleted,
    SessionFact,
    SessionNoShow,
    SessionRestored,
    SessionStatus,
    UndoneStep,
)
from contracts.types import ClientId, RecordId, SessionId, new_id
from hypothesis import given
from hypothesis import strategies as st
from testing import until

SESSION, CLIENT = SessionId(new_id()), ClientId(new_id())
FACTS: Final = {name for name in SessionFact.model_fields if name not in {"status", "version"}}


def test_a_repeated_fact_asks_for_nothing_and_a_newer_one_takes_its_place() -> None:
    made = [Made(RecordId(new_id()), SESSION, CLIENT, 1, 3, is_void=False)]
    assert not undoing.is_news(3, made, None)
    assert not undoing.is_news(2, made, None)
    assert undoing.is_news(5, made, 4)
    assert not undoing.is_news(3, [], 4)
    assert undoing.outdated(made, 4) == made
    assert undoing.outdated(made, 3) == []


def test_a_record_that_is_older_than_versions_is_not_made_again_by_a_repetition() -> None:
    made = [Made(RecordId(new_id()), SESSION, CLIENT, 1, None, is_void=False)]
    assert not undoing.is_news(3, made, None)
    assert undoing.outdated(made, 4) == made
    assert undoing.is_news(5, [replace(made[0], is_void=True)], 4)


@given(st.data())
def test_every_order_of_messages_ends_with_the_record_of_the_last_fact(data: st.DataObject) -> None:
    """Versions that are odd end the session, those that are even undo the end before."""
    last = data.draw(st.integers(1, 7))
    reported = data.draw(st.permutations([*range(1, last + 1), *data.draw(st.lists(st.integers(1, last), max_size=6))]))
    made: list[Made] = []
    undone: int | None = None
    for version in reported:
        if version % 2:
            if not undoing.is_news(version, made, undone):
                continue
            made = _voided(made, undoing.outdated(made, version))
            made.append(Made(RecordId(new_id()), SESSION, CLIENT, undoing.next_revision(made), version, is_void=False))
        else:
            undone = max(version, undone or 0)
            made = _voided(made, undoing.outdated(made, version))
        assert len([one for one in made if not one.is_void]) <= 1
    assert [one.session_version for one in made if not one.is_void] == ([last] if last % 2 else [])
    assert len({one.revision for one in made}) == len(made)


def _voided(made: list[Made], outdated: Sequence[Made]) -> list[Made]:
    return [replace(one, is_void=one.is_void or one in outdated) for one in made]


def stated(clinic: Clinic, *kinds: str) -> list[SessionFact]:
    """Say the life of a session from its end on: completed, missed, cancelled late, and undone between."""
    first = complete(clinic.catalog["90837"])
    facts = {name: getattr(first, name) for name in FACTS}
    last: str | None = None
    reported: list[SessionFact] = []
    for version, kind in enumerate(kinds, 3):
        reported.append(_fact(kind, last, first, facts, version))
        last = kind
    return reported


def _fact(kind: str, last: str | None, first: SessionCompleted, facts: dict[str, Any], version: int) -> SessionFact:
    match kind:
        case "completed":
            return first.model_copy(update={"version": version})
        case "missed":
            return SessionNoShow(**facts, status=SessionStatus.NO_SHOW, version=version)
        case "cancelled":
            return SessionCancelled(**facts, status=SessionStatus.CANCELLED, version=version, late=True)
        case _:
            steps = {"completed": UndoneStep.COMPLETION, "missed": UndoneStep.NO_SHOW, "cancelled": UndoneStep.CANCELLATION}
            rate = first.rate_per_unit
            return SessionRestored(**facts, status=SessionStatus.BOOKED, version=version, undone=steps[last or ""], rate_per_unit=rate)


def counted(records: Sequence[Json]) -> list[str]:
    """Return the kinds of the records that count."""
    return [record["kind"] for record in records if record["payment_status"] != "voided"]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("completed", "undone"), []),
        (("missed", "undone"), []),
        (("cancelled", "undone"), []),
        (("completed", "undone", "completed"), ["session"]),
        (("completed", "undone", "missed"), ["no_show"]),
        (("missed", "undone", "completed"), ["session"]),
        (("cancelled", "undone", "completed"), ["session"]),
        (("cancelled", "undone", "cancelled"), ["late_cancellation"]),
    ],
    ids=" ".join,
)
async def test_each_order_of_messages_leaves_the_same_records(clinic: Clinic, kinds: tuple[str, ...], expected: list[str]) -> None:
    lives = [stated(clinic, *kinds) for _ in permutations(kinds)]
    orders = [[life[position] for position in order] for life, order in zip(lives, permutations(range(len(kinds))), strict=True)]
    await clinic.say(*(fact for order in orders for fact in (*order, *order)))
    marker = complete(clinic.catalog["90837"])
    await clinic.say(marker, marker.model_copy(update={"session_id": SessionId(new_id())}))

    async def settled() -> bool:
        found = [counted(await clinic.records(session_id=life[0].session_id)) for life in lives]
        return len(await clinic.records(session_id=marker.session_id)) == 1 and all(each == expected for each in found)

    await until(settled, 30)


async def test_an_undo_that_comes_after_a_newer_one_does_not_let_in_what_the_newer_one_undid(clinic: Clinic) -> None:
    _, undone, missed, undone_again = stated(clinic, "completed", "undone", "missed", "undone")
    for fact in (undone_again, undone, missed):  # one after the other, so that no two are acted on together
        marker = complete(clinic.catalog["90837"]).model_copy(update={"session_id": SessionId(new_id())})
        await clinic.say(fact, marker)
        await clinic.count(1, session_id=marker.session_id)
    assert await clinic.records(session_id=missed.session_id) == []


async def test_money_that_came_in_meanwhile_stays_as_credit_and_the_quote_counts_again(clinic: Clinic) -> None:
    completed, restored, again = stated(clinic, "completed", "undone", "completed")
    await clinic.say(completed)
    [record] = await clinic.count(1, session_id=completed.session_id)
    body = {"amount": "50.00", "payer": "client", "method": "cash", "reference": "17"}
    assert (await clinic.billing.post(f"/records/{record['id']}/payments", json=body)).status_code in {200, 201}
    await clinic.say(restored)

    async def voided() -> Json | None:
        [seen] = await clinic.records(session_id=completed.session_id)
        return seen if seen["payment_status"] == "voided" else None

    seen = await until(voided)
    assert (seen["balance"], seen["unapplied_credit"]) == ("0.00", "50.00")
    quotes = (await clinic.billing.get(f"/sessions/{completed.session_id}/quotes")).json()["items"]
    assert [quote["total_amount"] for quote in quotes] == [seen["total_amount"]]
    await clinic.say(again)
    records = await clinic.count(2, session_id=completed.session_id)
    assert counted(records) == ["session"]


async def test_a_waived_fee_is_not_charged(clinic: Clinic) -> None:
    [missed], [cancelled], [charged] = stated(clinic, "missed"), stated(clinic, "cancelled"), stated(clinic, "missed")
    await clinic.say(missed.model_copy(update={"fee_waived": True}), cancelled.model_copy(update={"fee_waived": True}), charged)
    assert counted(await clinic.count(1, session_id=charged.session_id)) == ["no_show"]
    assert await clinic.records(session_id=missed.session_id) == await clinic.records(session_id=cancelled.session_id) == []
