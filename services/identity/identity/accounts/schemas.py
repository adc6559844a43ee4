"""What is taken and answered about accounts."""

from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.text import Line
from contracts.types import Flag, Instant, SiteId, TherapistId, Version
from pydantic import MISSING, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from identity.provider.ids import AccountId
from identity.provider.roles import Grant, Role

USER_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$"
EMAIL: Final = r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,190}$"
MOST_ROLES: Final = 100
SITE: Final = "01890a5d-ac96-774b-bcce-b302099a8060"
EXAMPLE: Final[JsonDict] = {
    "user_name": "ruth.adler",
    "email": "ruth.adler@example.org",
    "full_name": "Ruth Adler",
    "roles": [{"role": "front_desk", "site_id": SITE}, {"role": "biller"}],
}
VIEW_EXAMPLE: Final[JsonDict] = {
    **EXAMPLE,
    "id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "roles": [{"role": "front_desk", "site_id": SITE, "therapist_id": None}, {"role": "biller", "site_id": None, "therapist_id": None}],
    "is_disabled": False,
    "must_change_password": False,
    "has_password": True,
    "created_by": "01890a5d-ac96-774b-bcce-b302099a8050",
    "version": 3,
    "created_at": "2026-03-02T14:00:00Z",
    "updated_at": "2026-03-02T14:20:00Z",
}

UserName = Annotated[str, StringConstraints(pattern=USER_NAME, to_lower=True)]
Email = Annotated[str, StringConstraints(pattern=EMAIL, to_lower=True, max_length=254)]


class RoleGrant(Body):
    """A role, everywhere or at one site; that of a therapist names the therapist."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "front_desk", "site_id": SITE}]}, from_attributes=True)

    role: Role
    site_id: SiteId | None = None
    """Where it is valid; everywhere when absent. Of a therapist's it states which site's manager is responsible."""
    therapist_id: TherapistId | None = None
    """Whose own sessions and clients they are; for the role therapist alone."""

    def grant(self) -> Grant:
        """Return it as a plain value."""
        return Grant(self.role, self.site_id, self.therapist_id)


Roles = Annotated[tuple[RoleGrant, ...], Field(max_length=MOST_ROLES)]


class NewAccount(Body):
    """Somebody who may sign in from now on, once they have set a password by a one-time link."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    user_name: UserName
    email: Email | None = None
    full_name: Line
    roles: Roles = ()


class AccountChanges(Body):
    """What to change of an account; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_disabled": True}]})

    email: Email | MISSING | None = MISSING
    full_name: Line | MISSING = MISSING
    is_disabled: Flag | MISSING = MISSING
    """One that is disabled signs in no more, and its sign-ins end."""
    must_change_password: Flag | MISSING = MISSING
    """Whether another password is set at the next sign-in."""
    roles: Roles | MISSING = MISSING
    """All roles, in place of those that there are."""


class AccountView(View):
    """Somebody who may sign in."""

    model_config = ConfigDict(json_schema_extra={"examples": [VIEW_EXAMPLE]})

    id: AccountId
    user_name: str
    email: str | None
    full_name: str
    roles: list[RoleGrant]
    is_disabled: Flag
    must_change_password: Flag
    has_password: Flag
    created_by: str
    """The id of the account or of the client that has added it; nothing of the first administrator."""
    version: Version
    created_at: Instant
    updated_at: Instant


class OneTimeLink(View):
    """A link that is shown this once, for the person to set a password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://clinic.example/identity/link?token=Uq0x", "expires_at": "2026-03-02T15:00:00Z"}]}
    )

    url: str
    expires_at: Instant
