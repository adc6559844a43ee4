"""Which message is handled by which use case of the replicas."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.catalog import ServiceChanged
from contracts.rooms import RoomChanged, SiteChanged

from scheduling.replicas import use_cases

HANDLERS: Final[Handlers] = {
    ServiceChanged: lambda messages, tx: use_cases.put_services(tx, messages),
    SiteChanged: lambda messages, tx: use_cases.put_sites(tx, messages),
    RoomChanged: lambda messages, tx: use_cases.put_rooms(tx, messages),
}
