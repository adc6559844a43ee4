"""What administrators and operators see and do beside accounts and clients: sign-ins, signing keys, and what happened."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.administration import api

capability: Final = Capability(routers=[api.sign_ins, api.keys, api.events])
