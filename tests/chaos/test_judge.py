"""The judge of a history finds every kind of damage that a history can show."""

import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from support.repository import ROOT

from chaos.judge import judge

NOBODY: list[str] = []
BEGIN, END, LATER = "2026-03-02 09:00:00+00:00", "2026-03-02 10:00:00+00:00", "2026-03-02 11:00:00+00:00"


def session(key: str, **facts: Any) -> dict[str, Any]:
    usual = {"id": key, "status": "booked", "version": 2, "therapist_id": f"t{key}", "client_id": f"c{key}", "other_client_ids": NOBODY}
    times = {"starts_at": BEGIN, "ends_at": END, "attended": NOBODY, "room_id": f"r{key}", "hold_id": f"h{key}", "pending_hold_id": None}
    return {**usual, **times, **facts}


def hold(key: str, **facts: Any) -> dict[str, Any]:
    usual = {"id": f"h{key}", "session_id": key, "room_id": f"r{key}", "status": "confirmed"}
    return {**usual, "starts_at": BEGIN, "ends_at": END, "occupied_until": END, **facts}


def answer(key: str, **facts: Any) -> dict[str, Any]:
    told = {"id": key, "status": "booked", "version": 1}
    return {"kind": "answer", "key": f"key-{key}", "status": 201, "session": {**told, **facts}}


def announcement(key: str) -> dict[str, Any]:
    return {"id": f"m{key}", "session_id": key}


def history() -> dict[str, list[dict[str, Any]]]:
    """Return a history of three sessions, one of which is completed, in which nothing is wrong."""
    return {
        "answers": [answer("1"), answer("2"), answer("3", version=2)],
        "scheduling.session": [session("1"), session("2", starts_at=END, ends_at=LATER, room_id="r1"), session("3", status="completed")],
        "rooms.hold": [hold("1"), hold("2", starts_at=END, ends_at=LATER, occupied_until=LATER, room_id="r1"), hold("3")],
        "billing.record": [{"id": "b3", "session_id": "3", "client_id": "c3", "payment_status": "pending"}],
        "billing.unbalanced": [],
        "scheduling.announced": [announcement("1"), announcement("1"), announcement("2"), announcement("3")],
        "scheduling.outbox": [],
        "scheduling.parked": [],
    }


def judged(of: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Return the kinds of what is found."""
    tables = {name: rows for name, rows in of.items() if name != "answers"}
    lines = [{"kind": "rows", "service": name.split(".")[0], "table": name.split(".")[1], "rows": rows} for name, rows in tables.items()]
    return {kind for kind, found in judge([*of["answers"], *lines]).items() if found}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert judged(history()) == set()


@pytest.mark.parametrize(
    ("where", "number", "change", "kinds"),
    [
        ("scheduling.session", 0, None, {"lost", "went back", "scheduling and rooms disagree"}),
        ("answers", 1, None, {"unknown to those who booked"}),
        ("answers", 1, {"key": "key-1"}, {"doubled"}),
        ("answers", 2, {"session": {"id": "3", "status": "completed", "version": 3}}, {"went back"}),
        ("answers", 0, {"status": 500}, {"failed without saying why"}),
        ("scheduling.announced", 1, {"id": "m9"}, {"announced twice"}),
        ("scheduling.announced", 2, None, {"never announced"}),
        ("scheduling.session", 0, {"pending_hold_id": "h9"}, {"undecided"}),
        ("rooms.hold", 0, {"occupied_until": LATER}, {"two in a room"}),
        ("scheduling.session", 2, {"therapist_id": "t1"}, {"a person in two sessions"}),
        ("scheduling.session", 2, {"other_client_ids": ["c1"], "attended": ["c3"]}, {"a person in two sessions"}),
        ("rooms.hold", 2, {"room_id": "r9"}, {"scheduling and rooms disagree"}),
        ("rooms.hold", 2, {"status": "held"}, {"held for nobody", "scheduling and rooms disagree"}),
        ("billing.record", 0, None, {"not one record for each client"}),
        ("billing.record", 0, {"payment_status": "voided"}, {"not one record for each client"}),
        ("billing.unbalanced", 0, {"transaction_id": "1"}, {"does not balance"}),
        ("scheduling.parked", 0, {"messages": 1}, {"parked"}),
        ("scheduling.outbox", 0, {"type": "rooms.confirm_holds.v1"}, {"never sent"}),
    ],
)
def test_damage_is_found(where: str, number: int, change: dict[str, Any] | None, kinds: set[str]) -> None:
    damaged = deepcopy(history())
    if change is None:
        del damaged[where][number]
    elif number < len(damaged[where]):
        damaged[where][number] |= change
    else:
        damaged[where].append(change)
    assert judged(damaged) == kinds


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ({"kind": "given up", "key": "key-4"}, "not decided in time"),
        ({"kind": "not mended", "what": "kill rooms for 1.0 s", "error": "it ended while it started"}, "not mended"),
    ],
)
def test_a_request_that_nobody_decided_and_a_fault_that_was_not_mended_are_found(line: dict[str, Any], kind: str) -> None:
    assert judged(history() | {"answers": [*history()["answers"], line]}) == {kind}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "proof").glob("*.jsonl.*")), ids=lambda path: path.name)
def test_nothing_is_found_in_a_published_history(path: Path) -> None:
    checked = subprocess.run([ROOT / "tools" / "check_history", path], capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
    assert checked.returncode == 0, checked.stdout
    assert "0  lost\n" in checked.stdout


def test_a_second_record_of_a_client_is_found() -> None:
    damaged = history()
    damaged["billing.record"] *= 2
    assert judged(damaged) == {"not one record for each client"}
