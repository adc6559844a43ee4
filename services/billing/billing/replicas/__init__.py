"""What is kept of catalog's services, rooms' sites and scheduling's cancellation policy."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.replicas.messages import HANDLERS
from billing.replicas.use_cases import request_facts

capability: Final = Capability(handlers=HANDLERS, on_start=request_facts)
