"""What is printed by a `make up` beside another one."""

import os

import pytest
from local import control
from local.state import Run

RUNS = Run(os.getpid(), front="http://127.0.0.1:8080", services={"rooms": "http://127.0.0.1:8002"}, ready=True)


@pytest.mark.parametrize(
    ("run", "begins", "has_addresses"),
    [
        (RUNS, "holdfast runs already here:", True),
        (Run(RUNS.pid, RUNS.front, RUNS.services), "holdfast is being started here already, with these addresses:", True),
        (Run(RUNS.pid), "holdfast is being started here already; make status shows when it is ready", False),
        (None, "holdfast is being started here already; make status shows when it is ready", False),
    ],
    ids=["ready", "with its addresses", "without addresses", "without a file"],
)
def test_a_second_make_up_says_whether_the_first_runs_or_is_being_started(
    *, run: Run | None, begins: str, has_addresses: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(control, "running", lambda: run)
    assert control.report_running() == 0
    stated = capsys.readouterr().out
    assert stated.startswith(begins)
    assert ("http://127.0.0.1:8080" in stated) is has_addresses
