"""What all pages for people share: their form, their style, and the proof that a form was sent by the page it belongs to."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.pages import api

capability: Final = Capability(routers=[api.assets])
