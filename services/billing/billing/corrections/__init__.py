"""Records that replace others, postings that are reversed, credit that is moved."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.corrections import api

capability: Final = Capability(routers=[api.records])
