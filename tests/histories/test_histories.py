"""Whatever happens in a clinic and becomes of its messages: nobody and no room is in two sessions, and all agree in the end.

A history that fails is printed as a test that can be pasted here.
"""

import os
from typing import Final

import pytest
from testing.properties import examples

from histories.machine import Histories
from histories.running import explore

PARTS: Final = 8
"""They run in test processes of their own."""
HISTORIES: Final = 125
"""Of each part."""
ALL_HISTORIES: Final = "HOLDFAST_HISTORIES"
"""The variable that states how many to try in all instead: ``make explore N=20000``."""


@pytest.mark.hypothesis
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_nothing_is_taken_twice_and_all_agree_in_the_end(part: int, histories: type[Histories]) -> None:
    """Try histories of a part; each part draws others."""
    every = os.environ.get(ALL_HISTORIES)
    explore(histories, examples(HISTORIES) if every is None else -(-int(every) // PARTS), part)
