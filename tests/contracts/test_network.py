"""The four services find each other over one broker."""

from support import Network
from support.running import SERVICES


async def test_all_four_services_become_ready_on_one_broker(network: Network) -> None:
    for service in SERVICES:
        answer = await getattr(network, service).get("/readyz")
        assert answer.json()["checks"] == {"database": "answers", "broker": "answers", "consumers": "answers", "outbox": "answers"}, service
