"""Whatever happens in a clinic and becomes of its messages: nobody and no room is in two sessions, and all agree in the end.

A history that fails is printed as a test that can be pasted here.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest
from chassis.runtime.event_loop import EventLoop
from testing.databases import Databases
from testing.properties import examples

from histories.clinic import Clinics, offered_service
from histories.machine import Histories
from histories.network import network
from histories.running import explore

PARTS: Final = 6
HISTORIES: Final = 40
"""Of each part; parts run in test processes of their own."""


@pytest.fixture(scope="module")
def histories(databases: Databases) -> Iterator[type[Histories]]:
    """Run the services for the histories of one test process."""
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        Histories.loop = runner.get_loop()
        open_network = network(databases)
        net = runner.run(open_network.__aenter__())
        Histories.clinics = Clinics(net, runner.run(offered_service(net)))
        yield Histories
        runner.run(open_network.__aexit__(None, None, None))


@pytest.mark.hypothesis
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_nothing_is_taken_twice_and_all_agree_in_the_end(part: int, histories: type[Histories]) -> None:
    """Try histories of a part; each part draws others."""
    explore(histories, examples(HISTORIES), part)
