"""What is kept of services of catalog and of sites and rooms of rooms."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.replicas.messages import HANDLERS
from scheduling.replicas.use_cases import request_replicas

capability: Final = Capability(handlers=HANDLERS, on_start=request_replicas)
