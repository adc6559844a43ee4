"""What RabbitMQ 4 refuses and RabbitMQ 3 allows, for tests that run on either: a passive declare without the right to configure."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from aiormq import Channel
from aiormq.exceptions import ChannelAccessRefused
from chassis.requests.questions import REPLY_TO
from servers.rights import SERVICES, rights


@contextmanager
def rules_of_rabbitmq_4() -> Iterator[None]:
    """Refuse passive declares to the services' users as RabbitMQ 4 does, whatever broker is there."""
    declare = Channel.queue_declare

    @wraps(declare)
    async def declare_if_allowed(channel: Channel, queue: str = "", *, passive: bool = False, **options: Any) -> Any:  # noqa: ANN401 (as aiormq has it)
        user = channel.connection.url.user
        if passive and queue != REPLY_TO and user in SERVICES and not re.search(rights(user)["configure"], queue):
            await channel.close()
            message = f"ACCESS_REFUSED - configure access to queue '{queue}' refused for user '{user}'"
            raise ChannelAccessRefused(message)
        return await declare(channel, queue, passive=passive, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Channel, "queue_declare", declare_if_allowed)
        yield
