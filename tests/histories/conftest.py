"""Runs the services for the histories of a test process."""

import asyncio
from collections.abc import Iterator

import pytest
from chassis.runtime.event_loop import EventLoop
from testing.databases import Databases

from histories.clinic import Clinics, offered_service
from histories.machine import Histories
from histories.network import network


@pytest.fixture(scope="session")
def histories(databases: Databases) -> Iterator[type[Histories]]:
    """Run the services for the histories of one test process."""
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        Histories.loop = runner.get_loop()
        open_network = network(databases)
        net = runner.run(open_network.__aenter__())
        Histories.clinics = Clinics(net, runner.run(offered_service(net)))
        yield Histories
        runner.run(open_network.__aexit__(None, None, None))
