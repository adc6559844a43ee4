"""The settings of every service; read from the environment or from secret files."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.address import Address

SECRETS: Final = Path("/run/secrets")


class Role(StrEnum):
    """Which half of a service a process runs."""

    API = "api"
    WORKER = "worker"
    ALL = "all"


class Settings(BaseSettings):
    """Read from ``HOLDFAST_*``; ``database_url`` and ``broker_url`` may be files of that name in /run/secrets."""

    model_config = SettingsConfigDict(
        env_prefix="HOLDFAST_",
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
        use_attribute_docstrings=True,
        frozen=True,
        extra="ignore",
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
    log_level: str = "INFO"
    log_json: bool = False
    """One JSON object a line, for machines; otherwise one readable line."""
    database_pool: int = Field(default=10, ge=2, le=100)
    """Connections for writing; as many again for reading."""
    otlp_endpoint: str | None = None
    """Where traces go (OTLP over HTTP); no tracing when absent."""

    @model_validator(mode="after")
    def _speaks_asyncpg(self) -> "Settings":
        Address.read(self.database_url)
        return self

    @property
    def serves(self) -> bool:
        """Whether this process answers the service's HTTP API."""
        return self.role is not Role.WORKER

    @property
    def works(self) -> bool:
        """Whether this process consumes messages, relays the outbox and runs scheduled jobs."""
        return self.role is not Role.API
