"""Which message is handled by which use case of policies."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.scheduling import AnnounceCancellationPolicy

from scheduling.policies import use_cases

HANDLERS: Final[Handlers] = {AnnounceCancellationPolicy: use_cases.state_cancellation_policy}
