"""The walkthrough is readable on a hundred columns, and shows messages about its own people only."""

import json
import time
from pathlib import Path
from typing import Any, cast

import pytest
from aio_pika.abc import AbstractIncomingMessage
from demo import running
from demo.listener import Listener
from demo.page import MEANINGS, Page

WIDEST = 100


class Event:
    """What comes from the broker."""

    def __init__(self, type_: str, **data: object) -> None:
        """Say it as scheduling would."""
        self.headers = {"cloudEvents_type": type_, "cloudEvents_source": "/holdfast/scheduling"}
        self.body = json.dumps(data).encode()


async def test_only_what_concerns_the_clients_of_the_tale_is_received() -> None:
    received: list[str] = []
    listener = Listener(lambda type_, _source, _data, _at: received.append(type_))
    listener.follow("hanna")
    for event in (
        Event("requested", session_id="1", client_id="somebody"),
        Event("requested", session_id="2", client_id="hanna"),
        Event("answered", answers=[{"session_id": "1", "outcome": "granted"}]),
        Event("answered", answers=[{"session_id": "1"}, {"session_id": "2", "outcome": "granted"}]),
        Event("room changed", id="5"),
    ):
        await listener.receive(cast("AbstractIncomingMessage", event))
    assert received == ["requested", "answered"]
    assert (await listener.wait_for("requested", "2"))["client_id"] == "hanna"


def test_no_line_is_wider_than_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page()
    page.sends("POST /api/scheduling/sessions/01a20381-6d31-75a2-bd29-3b441a6d6a5a/complete", "the therapist is done")
    answer = {"outcome": "refused", "room_number": "12B", "reason": "lacks_equipment"}
    data: dict[str, Any] = {"payment_status": "partially_paid", "answers": [answer]}
    for name in (*MEANINGS, "rooms.holds_answered"):
        page.received(f"{name}.v1", "scheduling", data, time.monotonic() + 99)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(MEANINGS) + 2
    assert max(map(len, printed)) <= WIDEST
    assert "\x1b" not in "".join(printed)


def test_the_tale_finds_what_make_up_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "RUN", tmp_path / "run.json")
    with pytest.raises(running.NothingRunsError, match="nothing runs here"):
        running.where([])
    running.RUN.write_text(json.dumps({"front": "", "rabbitmq": "", "ready": False}))
    with pytest.raises(running.NothingRunsError, match="not ready"):
        running.where([])
    running.RUN.write_text(json.dumps({"front": "http://127.0.0.1:8080", "rabbitmq": "amqp://here/", "ready": True}))
    assert running.where([]) == ("http://127.0.0.1:8080", "amqp://here/")
    assert running.where(["http://there/", "amqp://there/"]) == ("http://there", "amqp://there/")
    with pytest.raises(running.NothingRunsError, match="both"):
        running.where(["http://there/"])
