"""Load the reference data of decisions."""

from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.as_json import as_json

from scheduling.decisions.requests import Named, ReferenceData
from scheduling.people.queries import CLIENTS_BY_ID, OFF_SINCE, THERAPISTS_BY_ID, judge_alone, read_clients, read_therapists
from scheduling.policies.queries import POLICIES, TRAVEL, read_policies
from scheduling.replicas.queries import ROOMS_BY_ID, SERVICES_BY_ID, SITES_BY_ID, read_rooms, read_services, read_sites

REFERENCE_DATA: Final = as_json(
    services=SERVICES_BY_ID,
    sites=SITES_BY_ID,
    rooms=ROOMS_BY_ID,
    therapists=THERAPISTS_BY_ID,
    clients=CLIENTS_BY_ID,
    policies=POLICIES,
    travel=TRAVEL,
)


async def load_reference_data(tx: ReadSession, named: Named, *, alone: bool = False) -> ReferenceData:
    """Load the reference data of what is named; ``alone``, nobody else decides about these therapists."""
    if alone:
        await judge_alone(tx, named.therapists)
    requested = {
        "services": list(set(named.services)),
        "sites": list(set(named.sites)),
        "rooms": list({room for room in named.rooms if room}),
        "therapists": list(set(named.therapists)),
        "clients": list(set(named.clients)),
    }
    [found] = await tx.rows(REFERENCE_DATA, {**requested, **OFF_SINCE})
    return ReferenceData(
        services=read_services(found.services),
        sites=read_sites(found.sites),
        rooms=read_rooms(found.rooms),
        therapists=read_therapists(found.therapists),
        clients=read_clients(found.clients),
        policies=read_policies(found.policies, found.travel),
    )
