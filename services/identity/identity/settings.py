"""Identity's own settings."""

from datetime import timedelta
from typing import Annotated, Final, Self

from chassis import settings
from pydantic import AfterValidator, Field, SecretStr, model_validator

from identity.provider.encryption import EncryptionKeys
from identity.provider.issuer import Issuer

LOOPBACK: Final = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def _provider_url(address: str) -> str:
    """Refuse an address that tokens and passwords must not be sent to."""
    if not address.startswith(("https://", *LOOPBACK)):
        message = "must begin with https://, or with http:// and the address of this machine"
        raise ValueError(message)
    if address.endswith("/") or "?" in address or "#" in address:
        message = "must have no query, no fragment and no slash at its end"
        raise ValueError(message)
    return address


class Settings(settings.Settings):
    """What identity reads from its environment; ``encryption_keys`` may be a file of that name in /run/secrets too."""

    service: str = Field("identity", pattern="^identity$")
    provider_url: Annotated[str, AfterValidator(_provider_url)] = "http://127.0.0.1:8080/identity"
    """Where browsers reach this service, through the front: the issuer that its tokens name, and that other services are told."""
    audience: Annotated[str, Field(min_length=1, max_length=200)] = "holdfast"
    """What access tokens state as ``aud``: the services that take them."""
    encryption_keys: SecretStr
    """Random texts of at least 24 characters, separated by commas: the first encrypts what is stored secretly, all of them decrypt it."""
    web_redirect_uris: str = "http://127.0.0.1:8080/signed-in"
    """Addresses, separated by spaces, to which the web front is returned after sign-in."""
    web_logout_uris: str = "http://127.0.0.1:8080/"
    """Addresses, separated by spaces, to which the web front is returned after sign-out."""
    access_token_lifetime: settings.Duration = timedelta(minutes=10)
    session_lifetime: settings.Duration = timedelta(hours=12)
    link_lifetime: settings.Duration = timedelta(hours=1)
    key_lifetime: Annotated[timedelta, Field(ge=timedelta(hours=1), le=timedelta(days=400))] = timedelta(days=30)
    key_lead: settings.Duration = timedelta(hours=1)

    @model_validator(mode="after")
    def _is_the_issuer(self) -> Self:
        self.encryption()
        if self.issuer is not None:
            message = "HOLDFAST_ISSUER names another issuer, whose tokens are taken: identity is not started beside it"
            raise ValueError(message)
        return self

    def encryption(self) -> EncryptionKeys:
        """Return the keys that secrets are encrypted by."""
        return EncryptionKeys([text.strip() for text in self.encryption_keys.get_secret_value().split(",")])

    def provider(self) -> Issuer:
        """Return what capabilities know of these settings."""
        return Issuer(
            url=self.provider_url,
            audience=self.audience,
            encryption=self.encryption(),
            access_token_lifetime=self.access_token_lifetime,
            session_lifetime=self.session_lifetime,
            link_lifetime=self.link_lifetime,
            key_lifetime=self.key_lifetime,
            key_lead=self.key_lead,
        )
