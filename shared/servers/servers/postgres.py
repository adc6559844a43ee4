"""A private PostgreSQL: its own folder, port and superuser; nobody else's server is touched."""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from servers import ports
from servers.processes import PortTakenError, Server, ServerError, dies_with_its_parent, scrubbed_env, works
from servers.programs import postgres_binaries

SUPERUSER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
SQL_SECONDS = 60
PORT_ATTEMPTS = 5
READY_LINE = 8

SETTINGS = {"listen_addresses": ports.HOST, "unix_socket_directories": "", "max_connections": "200", "timezone": "UTC"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# PostgreSQL refuses to run as root. In a user namespace root looks like somebody else and still owns its folders.
IN_A_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
# Where namespaces are forbidden: really somebody else, who may read folders that only root may enter.
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
MAY_ENTER = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
NOBODY = 65534

CREATE = r"""
\getenv role HOLDFAST_ROLE
\getenv database HOLDFAST_DATABASE
\getenv password HOLDFAST_PASSWORD
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
"""


@dataclass
class Postgres:
    """A PostgreSQL server in `folder`; it can be stopped, killed and started again on the same port."""

    folder: Path
    durable: bool
    port: int
    password: str = field(repr=False)
    host: str = ports.HOST
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those of its own, in addition to what every server here has."""
    _server: Server | None = field(default=None, repr=False)
    _logins: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def superuser_dsn(self) -> str:
        """Where the superuser connects."""
        return f"postgresql://{SUPERUSER}:{self.password}@{self.host}:{self.port}/postgres"

    def dsn(self, database: str) -> str:
        """Where the role that owns the database connects."""
        role, password = self._logins[database]
        return f"postgresql://{quote(role)}:{quote(password, safe='')}@{self.host}:{self.port}/{database}"

    def create(self, database: str, role: str, password: str) -> None:
        """Create the role and the database it owns, unless they exist; nobody else may connect to it."""
        names = {"HOLDFAST_ROLE": role, "HOLDFAST_DATABASE": database, "HOLDFAST_PASSWORD": password}
        self.run_sql(CREATE, **names)
        self._logins[database] = (role, password)

    def run_sql(self, sql: str, **env: str) -> str:
        """Run statements as superuser and return what they print."""
        login = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": self.password}
        done = subprocess.run(
            [str(postgres_binaries() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-f", "-"],
            input=sql,
            env=scrubbed_env(**login, **env, PGCONNECT_TIMEOUT="10"),
            capture_output=True,
            text=True,
            check=False,
            timeout=SQL_SECONDS,
        )
        if done.returncode:
            message = f"PostgreSQL refused: {done.stderr.strip()}"
            raise ServerError(message)
        return done.stdout

    def start(self) -> None:
        """Start the server on its port and return when it accepts connections."""
        settings = {**SETTINGS, "port": str(self.port), **({} if self.durable else FORGETFUL), **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        binary = postgres_binaries() / "postgres"
        self._server = Server(
            name="PostgreSQL",
            command=[*not_as_root(), *dies_with_its_parent(), str(binary), "-D", str(self.folder / "data"), *options],
            log=self.folder / "postgres.log",
            stop_signal="SIGINT",
            patience=STOP_SECONDS,
            env=scrubbed_env(),
        )
        try:
            self._server.start()
            self._server.wait(self._ready, seconds=START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the server; every connection is cut, nothing committed is lost."""
        if self._server:
            self._server.stop()

    def kill(self) -> None:
        """Kill the server and all its processes with SIGKILL."""
        if self._server:
            self._server.kill()

    def running(self) -> bool:
        """Return whether the server runs."""
        return self._server is not None and self._server.running()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let every process of it stand still within the block, as a machine that is suspended does."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        stopped = []
        try:
            os.kill(first, signal.SIGSTOP)  # it begins no others from now on
            stopped.append(first)
            for process in map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split()):
                with contextlib.suppress(ProcessLookupError):  # one that ended meanwhile
                    os.kill(process, signal.SIGSTOP)
                    stopped.append(process)
            yield
        finally:
            for process in stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def _ready(self) -> bool:
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = self._server is not None and lines[:1] == [str(self._server.pid)]
        return ours and len(lines) >= READY_LINE and lines[READY_LINE - 1].strip() == "ready"


@contextlib.contextmanager
def postgres(folder: Path, *, durable: bool, settings: Mapping[str, str] | None = None) -> Iterator[Postgres]:
    """Run a private PostgreSQL in `folder`, with the data that is there already; it ends with the block."""
    password = _initialise(folder, durable=durable)
    remembered = folder / "port"
    preferred = int(remembered.read_text()) if remembered.exists() else None
    server = Postgres(folder, durable, ports.free(preferred), password, settings=settings or {})
    for attempt in range(1, PORT_ATTEMPTS + 1):
        try:
            server.start()
            break
        except PortTakenError:
            if attempt == PORT_ATTEMPTS:
                raise
            server.port = ports.free()
    remembered.write_text(str(server.port))
    try:
        yield server
    finally:
        server.stop()


def _initialise(folder: Path, *, durable: bool) -> str:
    """Create the data folder when there is none, and return the superuser's password."""
    data, secret = folder / "data", folder / "superuser.password"
    if (data / "PG_VERSION").exists():
        return secret.read_text()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(24))
    if os.geteuid() == 0 and not works(*IN_A_NAMESPACE, "true"):
        os.chown(data, NOBODY, NOBODY)
    command = [
        *not_as_root(),
        str(postgres_binaries() / "initdb"),
        *("-D", str(data), "-U", SUPERUSER, "--pwfile", str(secret), "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C", "--no-instructions", *([] if durable else ["--no-sync"])),
    ]
    done = subprocess.run(command, env=scrubbed_env(), capture_output=True, text=True, check=False, timeout=START_SECONDS)
    if done.returncode:
        message = f"initdb failed in {data}:\n{done.stdout}{done.stderr}"
        raise ServerError(message)
    return secret.read_text()


def not_as_root() -> list[str]:
    """Return the command prefix under which PostgreSQL starts, whoever we are."""
    if os.geteuid() != 0:
        return []
    if works(*IN_A_NAMESPACE, "true"):
        return IN_A_NAMESPACE
    return [*AS_NOBODY, *(MAY_ENTER if works(*AS_NOBODY, *MAY_ENTER, "true") else [])]
