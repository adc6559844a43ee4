"""Programs that get tokens: the web front, other applications that people sign in to, and machines."""

from chassis.runtime.capability import Capability

from identity.clients import api
from identity.clients.jobs import jobs


def capability(redirect_uris: list[str], logout_uris: list[str]) -> Capability:
    """Return the capability for a web front at these addresses."""
    return Capability(routers=[api.router], jobs=jobs(redirect_uris, logout_uris))
