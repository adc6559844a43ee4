"""Where the journeys go: a platform that is started for them, or one that runs already.

``HOLDFAST_URL=http://127.0.0.1:8080 pytest tests/journeys`` proves a platform that already runs; where HOLDFAST_AMQP
names its broker, for somebody who may listen, its messages are read too.
"""

import os
from collections.abc import Iterator

import pytest
from support.origin import Origin
from support.platform import private_platform


@pytest.fixture(scope="package")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """Name the platform; start one when there is none."""
    named = os.environ.get("HOLDFAST_URL")
    if named:
        yield Origin(named.rstrip("/"), os.environ.get("HOLDFAST_AMQP"))
        return
    with private_platform(tmp_path_factory.mktemp("journeys")) as running:
        yield Origin(running.url, running.rabbitmq.admin_url)


@pytest.fixture
def amqp(origin: Origin) -> str:
    """Name the broker, where somebody from outside may listen."""
    if origin.amqp is None:
        pytest.skip("HOLDFAST_AMQP does not name the broker of this platform")
    return origin.amqp
