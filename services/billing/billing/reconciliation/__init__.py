"""What scheduling has is compared with the records."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.reconciliation.messages import HANDLERS

capability: Final = Capability(handlers=HANDLERS)
