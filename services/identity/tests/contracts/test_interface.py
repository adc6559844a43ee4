"""What this service publishes about itself is what its code does."""

import json
from pathlib import Path
from typing import Final

from testing.running import build

NOWHERE: Final = {"database_url": "postgresql+asyncpg://nowhere/none", "broker_url": "amqp://nowhere", "encryption_keys": "-" * 24}
PUBLISHED: Final = Path(__file__).parents[2] / "openapi.json"


def test_the_published_description_is_that_of_the_code() -> None:
    described = build("identity", **NOWHERE).openapi()
    assert json.loads(PUBLISHED.read_text()) == described, "run make types"
