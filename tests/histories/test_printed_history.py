"""A history that fails is printed as a short test, which fails for the same reason where it is pasted."""

import re
from typing import Any, Final

import pytest
from rooms.holds import tables

from histories.machine import Histories
from histories.running import explore

STEPS: Final = 5
"""Of a history here: it is found, and shortened, soon."""


async def ignore(*_: object) -> None:
    """Release no room."""


def test_a_history_that_fails_is_printed_as_a_short_test_that_fails_with_the_error_and_passes_without_it(
    histories: type[Histories], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "release", ignore)
    with pytest.raises(AssertionError) as failed:
        explore(histories, 200, part=0, longest=STEPS)
    why = str(failed.value).splitlines()[0]
    printed = failed.value.__notes__[-1].partition("\n\n")[2]
    assert len(printed.splitlines()) <= STEPS + 4, printed
    pasted: dict[str, Any] = {"Histories": Histories}
    exec(printed, pasted)  # noqa: S102 (what a person would paste)
    with pytest.raises(AssertionError, match=re.escape(why)):
        pasted["test_a_history_that_failed"](histories)
    monkeypatch.undo()
    pasted["test_a_history_that_failed"](histories)
