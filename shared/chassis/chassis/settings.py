"""The settings of every service; read from the environment or from secret files."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.address import Address

SECRETS: Final = Path("/run/secrets")
PREFIX: Final = "HOLDFAST_"


def _seconds(written: object) -> object:
    """Take a plain number as it stands in the environment for seconds."""
    return int(written) if isinstance(written, str) and re.fullmatch(r"-?[0-9]+", written) else written


def _http(address: str) -> str:
    if not address.startswith(("http://", "https://")):
        message = "must begin with http:// or https://"
        raise ValueError(message)
    return address


Duration = Annotated[timedelta, BeforeValidator(_seconds), Field(ge=timedelta(0), le=timedelta(days=30))]
"""A length of time: seconds (3600) or as in ISO 8601 (PT1H)."""


class Role(StrEnum):
    """Which half of a service a process runs."""

    API = "api"
    WORKER = "worker"
    ALL = "all"


class Settings(BaseSettings):
    """Read from ``HOLDFAST_*``; ``database_url`` and ``broker_url`` may be files of that name in /run/secrets."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
        use_attribute_docstrings=True,
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,  # a file for containers lists settings that are not used
        hide_input_in_errors=True,  # else the end of a URL, with its password, is in the error of a setting that is missing
    )

    service: str
    """The service's name; also its source in messages and the prefix of its queues."""
    database_url: SecretStr
    """postgresql+asyncpg://role:password@host:port/database, with ``?sslmode=require`` or ``verify-ca`` or ``verify-full`` for TLS, the two
    latter with ``&sslrootcert=/path`` where the certificate's authority is not one that the system trusts."""
    broker_url: SecretStr
    """amqp://user:password@host:port/vhost."""
    role: Role = Role.ALL
    release: str = "development"
    """What runs here, as the deployment names it: a tag or a commit."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)] = "INFO"
    log_json: bool = False
    """One JSON object a line, for machines; otherwise one readable line."""
    database_pool: int = Field(default=10, ge=2, le=100)
    """Connections for writing; as many again for reading."""
    otlp_endpoint: Annotated[str, AfterValidator(_http)] | None = None
    """Where traces go (OTLP over HTTP); no tracing when absent."""

    issuer: Annotated[str, AfterValidator(_http)] | None = None
    """The OpenID Connect issuer whose access tokens are taken, exactly as they name it; everybody may do everything when absent."""
    issuer_keys_url: Annotated[str, AfterValidator(_http)] | None = None
    """Where its keys (JWKS) are, if they are not read from where its discovery document states."""
    issuer_types_tokens_jwt: bool = False
    """Whether its access tokens are typed ``JWT``, as Entra's are, instead of ``at+jwt``."""
    audience: str = "holdfast"
    """For whom an access token has to be."""
    roles_claim: str = "roles"
    """The claim of a token that lists roles; ``realm_access.roles`` for one inside another."""

    @model_validator(mode="after")
    def _has_usable_addresses(self) -> Self:
        try:
            Address.read(self.database_url).encryption()
        except OSError as error:
            message = "sslrootcert in HOLDFAST_DATABASE_URL must name a file with certificates (PEM) that can be read"
            raise ValueError(message) from error
        if not self.broker_url.get_secret_value().startswith(("amqp://", "amqps://")):
            message = "HOLDFAST_BROKER_URL must start with amqp:// or amqps://"
            raise ValueError(message)
        for name, url in (("DATABASE", self.database_url), ("BROKER", self.broker_url)):
            try:
                urlsplit(url.get_secret_value()).port  # noqa: B018 (it reads the port)
            except ValueError:
                message = f"the port in HOLDFAST_{name}_URL must be a number up to 65535"
                raise ValueError(message) from None
        return self

    @classmethod
    def from_environment(cls) -> Self:
        """Read them; SystemExit with a line for each that is missing or wrong, which shows no value."""
        try:
            return cls()
        except ValidationError as error:
            lines = [
                ": ".join([*(f"{PREFIX}{part}".upper() for part in found["loc"][:1]), found["msg"].removeprefix("Value error, ")])
                for found in error.errors(include_input=False)
            ]
            raise SystemExit("\n".join(["This service cannot start with these settings.", *lines])) from None

    @property
    def serves(self) -> bool:
        """Whether this process answers the service's HTTP API."""
        return self.role is not Role.WORKER

    @property
    def works(self) -> bool:
        """Whether this process consumes messages, relays the outbox and runs scheduled jobs."""
        return self.role is not Role.API
