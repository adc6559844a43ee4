"""The provider as others see it: its address, whom its tokens are for, and how long things are valid."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from identity.provider.encryption import EncryptionKeys


@dataclass(frozen=True, slots=True)
class Issuer:
    """What the settings state about the provider."""

    url: str
    """The issuer, which is also where it answers: no slash at its end."""
    audience: str
    """Whom access tokens are for."""
    encryption: EncryptionKeys
    access_token_lifetime: timedelta
    session_lifetime: timedelta
    """How long somebody stays signed in, whatever they do."""
    link_lifetime: timedelta
    """How long a one-time link is valid."""
    key_lifetime: timedelta
    """After how long another key signs."""
    key_lead: timedelta
    """How long a key is published before it signs."""

    @property
    def path(self) -> str:
        """The path of its address, with no slash at its end."""
        return urlsplit(self.url).path

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The name that passkeys are bound to."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by TLS, so that its cookies are sent by TLS alone."""
        return self.url.startswith("https://")

    @property
    def takes_passkeys(self) -> bool:
        """Whether browsers make passkeys for it: it has a name, and TLS unless the name is localhost (WebAuthn, section 5.1.3)."""
        is_address = self.host.replace(".", "").isdigit() or ":" in self.host
        return not is_address and (self.is_secure or self.host == "localhost" or self.host.endswith(".localhost"))
