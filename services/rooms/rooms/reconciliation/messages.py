"""Which message is whose work: a page of sessions is compared with the holds."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.rooms import CompareHolds

from rooms.reconciliation import use_cases

HANDLERS: Final[Handlers] = {CompareHolds: use_cases.compare_holds}
