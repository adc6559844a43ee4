"""Where a PostgreSQL database is, and how the connection is encrypted: one URL for every library that connects."""

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

import asyncpg

if TYPE_CHECKING:
    from pydantic import SecretStr

SCHEME: Final = "postgresql+asyncpg"
MODES: Final = ("disable", "prefer", "require", "verify-ca", "verify-full")
"""The values of ``sslmode`` that are taken, as libpq has them."""
PARAMETERS: Final = ("sslmode", "ssl", "sslrootcert", "host", "target_session_attrs")
"""What may follow the ``?`` of a database's URL."""
CONNECT_S: Final = 5
SERVER: Final = {
    "synchronous_commit": "off",
    "tcp_keepalives_idle": "10",  # a machine that vanished must not keep a lock for hours
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A database's URL without the parameters about encryption."""

    url: str
    mode: str = "prefer"
    authority: str | None = None
    """A file with the certificates that are trusted; None for those that the system trusts."""

    @classmethod
    def read(cls, database_url: "SecretStr") -> "Address":
        """Read HOLDFAST_DATABASE_URL; ValueError, without the URL, when it is not one that can be used."""
        whole = database_url.get_secret_value()
        if not whole.startswith(f"{SCHEME}://"):
            message = f"HOLDFAST_DATABASE_URL must start with {SCHEME}://"
            raise ValueError(message)
        url, _, query = whole.partition("?")
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        if parameters.keys() - set(PARAMETERS):
            message = f"HOLDFAST_DATABASE_URL has a parameter that is not known; known are {', '.join(PARAMETERS)}"
            raise ValueError(message)
        mode = parameters.pop("sslmode", parameters.pop("ssl", "prefer"))
        authority = parameters.pop("sslrootcert", None)
        if mode not in MODES:
            message = f"sslmode in HOLDFAST_DATABASE_URL must be one of {', '.join(MODES)}"
            raise ValueError(message)
        return cls(f"{url}?{urlencode(parameters)}" if parameters else url, mode, authority)

    @property
    def dsn(self) -> str:
        """The URL as asyncpg itself reads it."""
        return self.url.replace(SCHEME, "postgresql", 1)

    def encryption(self) -> ssl.SSLContext | str | bool:
        """Return what asyncpg takes as ``ssl``; OSError when the file with the certificates cannot be read."""
        if self.mode in {"disable", "prefer"}:
            return self.mode == "prefer" and self.mode
        context = ssl.create_default_context(cafile=self.authority)
        context.check_hostname = self.mode == "verify-full"
        if self.mode == "require" and self.authority is None:
            context.verify_mode = ssl.CERT_NONE
        return context

    async def connect(self, name: str, *, statement_s: int) -> asyncpg.Connection:
        """Open a connection beside the pool, for work that may be done twice: its commits do not wait for the disk.

        ``name`` is its name in pg_stat_activity, ``statement_s`` how many seconds a statement may take. OSError, TimeoutError or
        asyncpg.PostgresError when the database does not take it.
        """
        return await asyncpg.connect(
            self.dsn,
            ssl=self.encryption(),
            timeout=CONNECT_S,
            command_timeout=statement_s,
            server_settings={"application_name": name, **SERVER},
        )
