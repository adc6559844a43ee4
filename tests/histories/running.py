"""Runs random histories, and prints one that fails as a test."""

import gc
from typing import Final

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from histories.machine import Histories

LONGEST: Final = 20
"""Steps of a history."""
BEGINS: Final = "state = "
ENDS: Final = "state.teardown()"
LOOKS: Final = f"state.{Histories.nothing_is_taken_twice.__name__}()"
HEAD: Final = "def test_a_history_that_failed(histories: type[Histories]) -> None:"
PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""All but the search for lines that only failing histories run, which takes longer than the rest."""


def explore(histories: type[Histories], many: int, part: int, longest: int = LONGEST) -> None:
    """Try so many histories, in the suite always the same of each part; the one that fails is shortened and noted as a test."""
    gc.freeze()  # as a service's process does: what is there by now need not be looked at again and again
    chosen = settings(max_examples=many, stateful_step_count=longest, deadline=None, phases=PHASES, report_multiple_bugs=False)
    try:
        run_state_machine_as_test(seed(part)(histories) if chosen.derandomize else histories, settings=chosen)
    except Exception as failed:
        if steps := as_test("\n".join(getattr(failed, "__notes__", []))):
            failed.add_note(f"Paste this into tests/histories/test_histories.py:\n\n{steps}")
        raise
    finally:
        gc.unfreeze()


def as_test(printed: str) -> str:
    """Return the steps that hypothesis prints as a test; nothing where there are none.

    Of what is looked at after each step, only the last look can have failed.
    """
    lines = [line.strip() for line in printed.splitlines()]
    if ENDS not in lines:
        return ""
    last = lines.index(ENDS)
    first = max(number for number, line in enumerate(lines[:last]) if line.startswith(BEGINS))
    steps = [line for number, line in enumerate(lines[first + 1 : last], start=first + 1) if line != LOOKS or number == last - 1]
    return "\n    ".join([HEAD, "state = histories()", *steps, ENDS]) + "\n"
