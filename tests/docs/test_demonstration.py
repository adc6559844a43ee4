"""The walkthrough of `make demo` ends as it states: an insured session, from its price to the paid claim, again and again."""

import asyncio
import os
import sys
from collections.abc import Iterator
from typing import Final

import pytest
from demo.coverage import load_payers
from demo.front import Front
from demo.load import load_services
from support.origin import Origin
from support.platform import private_platform
from support.repository import ROOT

PATIENCE_S: Final = 400


@pytest.fixture
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """Run a platform of its own: the catalog of the demonstration charges for missed sessions, which other tests do not expect."""
    with private_platform(tmp_path_factory.mktemp("house")) as running:
        yield Origin(running.url, running.rabbitmq.admin_url)


async def test_an_insured_session_goes_from_its_price_to_the_paid_claim(new_site: Origin) -> None:
    async with new_site.client() as client:
        front = Front(client)
        await load_services(front)
        await load_payers(front)
    for _ in range(2):
        reported = await notify(new_site.url, str(new_site.amqp))
        assert "remittance posted: paid; the balance is 0.00" in reported
        assert reported.rstrip().endswith("The end")


async def notify(front: str, broker: str) -> str:
    """Run the walkthrough, and return what it printed."""
    telling = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.walkthrough", front, broker),
        env=os.environ | {"PYTHONPATH": str(ROOT / "deploy")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE_S):
        printed, _ = await telling.communicate()
    assert telling.returncode == 0, printed.decode()
    return printed.decode()
