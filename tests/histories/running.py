"""Runs random histories, and prints one that fails as a test."""

from typing import Final

from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from histories.machine import Histories

LONGEST: Final = 20
"""Steps of a history."""
BEGINS: Final = "state = "
ENDS: Final = "state.teardown()"
HEAD: Final = "def test_a_history_that_failed(histories: type[Histories]) -> None:"


def explore(histories: type[Histories], many: int, part: int) -> None:
    """Try so many histories, in the suite always the same of each part; the one that fails is shortened and noted as a test."""
    if settings.default.derandomize:
        histories = seed(part)(histories)
    try:
        run_state_machine_as_test(
            histories, settings=settings(max_examples=many, stateful_step_count=LONGEST, deadline=None, report_multiple_bugs=False)
        )
    except Exception as failed:
        if steps := as_test("\n".join(getattr(failed, "__notes__", []))):
            failed.add_note(f"Paste this into tests/histories/test_histories.py:\n\n{steps}")
        raise


def as_test(printed: str) -> str:
    """Return the steps that hypothesis prints as a test; nothing where there are none.

    Of what is looked at after each step, only the last look can have failed.
    """
    lines = [line.strip() for line in printed.splitlines()]
    if ENDS not in lines:
        return ""
    last = lines.index(ENDS)
    first = max(number for number, line in enumerate(lines[:last]) if line.startswith(BEGINS))
    looks = {f"state.{each.function.__name__}()" for each in Histories.invariants()}
    steps = [line for number, line in enumerate(lines[first + 1 : last], start=first + 1) if line not in looks or number == last - 1]
    return "\n    ".join([HEAD, "state = histories()", *steps, ENDS]) + "\n"
