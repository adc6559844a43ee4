"""What this service publishes about itself is what its code does."""

import json
from pathlib import Path
from typing import Final

from testing.running import build

PUBLISHED: Final = Path(__file__).parents[2] / "openapi.json"


def test_the_published_description_is_that_of_the_code() -> None:
    described = build("identity", database_url="postgresql+asyncpg://nowhere/none", broker_url="amqp://nowhere").openapi()
    assert json.loads(PUBLISHED.read_text()) == described, "run make types"
