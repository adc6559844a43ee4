"""The tale of `make demo` ends as it is told: an insured session, from its price to the paid claim, again and again."""

import asyncio
import os
import sys
from typing import Final

import pytest
from demo.coverage import load_payers
from demo.front import Front
from demo.load import load_services
from support.origin import Origin
from support.repository import ROOT

PATIENCE_S: Final = 90


async def test_an_insured_session_goes_from_its_price_to_the_paid_claim(origin: Origin) -> None:
    if origin.amqp is None:
        pytest.skip("nobody says where the broker is")
    async with origin.client() as client:
        front = Front(client)
        await load_services(front)
        await load_payers(front)
    for _ in range(2):
        told = await tell(origin.url, origin.amqp)
        assert "remittance posted: paid; the balance is 0.00" in told
        assert told.rstrip().endswith("The end")


async def tell(front: str, broker: str) -> str:
    """Let the tale be told, and return what it printed."""
    telling = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.tell", front, broker),
        env=os.environ | {"PYTHONPATH": str(ROOT / "deploy")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE_S):
        printed, _ = await telling.communicate()
    assert telling.returncode == 0, printed.decode()
    return printed.decode()
