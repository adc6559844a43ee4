"""What is answered about security events."""

from typing import Any, Final

from chassis.bodies.models import View
from contracts.types import Instant
from pydantic import ConfigDict
from pydantic.config import JsonDict

from identity.provider.ids import AccountId, SecurityEventId

EXAMPLE: Final[JsonDict] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "at": "2026-03-02T14:00:00Z",
    "kind": "signed-in",
    "account_id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "actor": "01890a5d-ac96-774b-bcce-b302099a8058",
    "address": "192.0.2.7",
    "detail": {"amr": ["pwd", "otp", "mfa"]},
}


class SecurityEventView(View):
    """Something that happened to an account, a client or a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: SecurityEventId
    at: Instant
    kind: str
    account_id: AccountId | None
    actor: str
    address: str
    detail: dict[str, Any]
