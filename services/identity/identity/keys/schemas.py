"""What is taken and answered about signing keys."""

from typing import Final

from chassis.bodies.models import Body, View
from contracts.types import Flag, Instant
from pydantic import ConfigDict
from pydantic.config import JsonDict

EXAMPLE: Final[JsonDict] = {
    "kid": "uqghXFWieNU4z3eYyj38GllJGNQAhQgVXfKJ1Ga7P50",
    "created_at": "2026-03-02T13:00:00Z",
    "signs_from": "2026-03-02T14:00:00Z",
    "withdrawn_at": None,
    "is_published": True,
}


class SigningKeyView(View):
    """A key that signs tokens, or did."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kid: str
    created_at: Instant
    signs_from: Instant
    withdrawn_at: Instant | None
    is_published: Flag
    """Whether tokens that it signed are taken: it is among those of ``GET /jwks.json``."""


class Rotation(Body):
    """How another key is made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at_once": False}]})

    at_once: Flag = False
    """Whether it signs at once, before services have read it; otherwise after the time of ``HOLDFAST_KEY_LEAD``."""
