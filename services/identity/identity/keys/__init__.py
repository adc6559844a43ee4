"""The keys that sign tokens: made, published, replaced and withdrawn."""

from chassis.runtime.capability import Capability

from identity.keys import api
from identity.keys.jobs import jobs
from identity.provider.issuer import Issuer


def capability(issuer: Issuer) -> Capability:
    """Return the capability for this provider."""
    return Capability(routers=[api.router], jobs=jobs(issuer), state={"issuer": issuer})
