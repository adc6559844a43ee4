"""What scheduling has is compared with the holds."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.reconciliation.messages import HANDLERS

capability: Final = Capability(handlers=HANDLERS)
