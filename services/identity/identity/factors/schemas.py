"""What is answered about second factors."""

from chassis.bodies.models import View
from contracts.types import Instant

from identity.provider.ids import AccountId, FactorId


class PasskeyView(View):
    """A passkey of an account."""

    id: FactorId
    passkey_name: str
    created_at: Instant
    used_at: Instant | None


class FactorsView(View):
    """What an account has beside its password."""

    has_totp: bool
    recovery_codes: int
    """How many are not used."""
    passkeys: list[PasskeyView]

    @property
    def is_second_needed(self) -> bool:
        """Whether a password alone does not sign in."""
        return self.has_totp or bool(self.passkeys)


class TotpSetup(View):
    """What an authenticator is set up with."""

    secret: str
    image: str
    """The same as a QR code, an address of data."""


class FactorOutcome(View):
    """What became of a change of factors: why it was refused, or the codes that are shown this once."""

    refused: str = ""
    recovery_codes: tuple[str, ...] = ()


class PasskeyOptions(View):
    """What a browser is given to make or to use a passkey, as JSON of WebAuthn."""

    written: str


class ProvenAccount(View):
    """Whose passkey has signed; nobody where none has."""

    account_id: AccountId | None
