"""What is answered about sign-ins."""

from typing import Final

from chassis.bodies.models import View
from contracts.types import Instant
from pydantic import ConfigDict
from pydantic.config import JsonDict

from identity.provider.ids import AccountId, SignInId

EXAMPLE: Final[JsonDict] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "account_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "amr": ["pwd", "otp", "mfa"],
    "began_at": "2026-03-02T14:00:00Z",
    "used_at": "2026-03-02T15:20:00Z",
    "expires_at": "2026-03-03T02:00:00Z",
    "address": "192.0.2.7",
    "user_agent": "Mozilla/5.0",
}


class SignInView(View):
    """A browser that somebody is signed in with."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: SignInId
    account_id: AccountId
    amr: list[str]
    """How the person proved who they are: ``pwd`` a password, ``otp`` a code, ``pop`` a passkey, ``mfa`` two factors (RFC 8176)."""
    began_at: Instant
    used_at: Instant
    expires_at: Instant
    address: str
    user_agent: str
