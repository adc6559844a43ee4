"""What people prove themselves by beside a password: codes of an authenticator, codes that recover, and passkeys."""

from chassis.runtime.capability import Capability

from identity.factors import api
from identity.factors.jobs import jobs
from identity.provider.issuer import Issuer


def capability(issuer: Issuer) -> Capability:
    """Return the capability for this provider."""
    return Capability(routers=[api.router], jobs=jobs(issuer))
