"""The message edge of the catalog."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.catalog import AnnounceServices

from catalog import use_cases

HANDLERS: Final[Handlers] = {
    AnnounceServices: use_cases.announce_services,
}
