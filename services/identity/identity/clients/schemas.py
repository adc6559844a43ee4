"""What is taken and answered about clients."""

from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.text import Line
from contracts.types import Flag, Instant, Version
from pydantic import MISSING, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

CLIENT_ID: Final = r"^[a-z0-9][a-z0-9._-]{1,63}$"
SCOPE: Final = r"^[a-z][a-z0-9_.:-]{0,63}$"
EXAMPLE: Final[JsonDict] = {
    "id": "reporting",
    "client_name": "Nightly reports",
    "is_public": False,
    "redirect_uris": [],
    "logout_uris": [],
    "scopes": ["billing:read"],
}
VIEW_EXAMPLE: Final[JsonDict] = {
    **EXAMPLE,
    "has_refresh_cookie": False,
    "has_secret": True,
    "is_active": True,
    "version": 2,
    "created_at": "2026-03-02T14:00:00Z",
    "updated_at": "2026-03-02T14:05:00Z",
}

ClientKey = Annotated[str, StringConstraints(pattern=CLIENT_ID)]
Address = Annotated[str, StringConstraints(min_length=8, max_length=500)]
Addresses = Annotated[tuple[Address, ...], Field(max_length=20)]
Scope = Annotated[str, StringConstraints(pattern=SCOPE)]
Scopes = Annotated[tuple[Scope, ...], Field(max_length=50)]


class NewClient(Body):
    """A client to add."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: ClientKey
    client_name: Line
    is_public: Flag = False
    """Whether it can keep no secret, as a program in a browser or on a telephone; it proves itself by PKCE alone."""
    redirect_uris: Addresses = ()
    """Where people return after sign-in; compared character by character."""
    logout_uris: Addresses = ()
    scopes: Scopes = ()
    """What it may be granted for itself by client credentials."""


class ClientChanges(Body):
    """What to change of a client; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scopes": ["billing:read", "catalog:read"]}]})

    client_name: Line | MISSING = MISSING
    redirect_uris: Addresses | MISSING = MISSING
    logout_uris: Addresses | MISSING = MISSING
    scopes: Scopes | MISSING = MISSING
    is_active: Flag | MISSING = MISSING


class ClientView(View):
    """A program that gets tokens."""

    model_config = ConfigDict(json_schema_extra={"examples": [VIEW_EXAMPLE]})

    id: str
    client_name: str
    is_public: Flag
    redirect_uris: list[str]
    logout_uris: list[str]
    scopes: list[str]
    has_refresh_cookie: Flag
    """Whether its refresh token is a cookie that no script reads; so it is with the web front alone."""
    has_secret: Flag
    is_active: Flag
    version: Version
    created_at: Instant
    updated_at: Instant


class ClientSecret(View):
    """A new secret of a client, shown this once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"client_id": "reporting", "client_secret": "Uq0x…"}]})

    client_id: str
    client_secret: str
