"""The services and the front as processes: what each is started with, and how it reports that it is ready."""

import http.client
import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from servers import Postgres, RabbitMQ, ServerError, ports
from servers.processes import Server, dies_with_its_parent
from servers.rights import IDENTITY, SERVICES, rights

from local.environment import PYTHON, ROOT, VENV, clean_env, digest
from local.install import caddy
from local.state import LOCAL, LOGS, password
from local.web import DIST

STOP_SECONDS = 10.0
MIGRATION_SECONDS = 120
READY_SECONDS = 2.0
FRONT_PORTS = range(8080, 8180)
INSTANCE_HEADER = "X-Holdfast-Instance"
DEMO = ROOT / "deploy" / "demo" / "load.py"
MIGRATED = "postgres/migrated"


@dataclass(frozen=True)
class Service:
    """One service: its name, its port and the environment it runs in."""

    name: str
    port: int
    env: dict[str, str]

    @property
    def url(self) -> str:
        """Where the service itself answers."""
        return f"http://{ports.HOST}:{self.port}"

    def server(self, home: Path = LOCAL) -> Server:
        """Describe its process, which logs under `home`."""
        command = [
            *(str(VENV / "bin" / "uvicorn"), "--factory", f"{self.name}.main:app", "--host", ports.HOST, "--port", str(self.port)),
            *("--no-access-log", "--timeout-graceful-shutdown", "5", "--loop", "chassis.runtime.event_loop:EventLoop"),
        ]
        return _server(self.name, command, self.env, ROOT / "services" / self.name, home)


def create_databases(postgres: Postgres, home: Path = LOCAL, services: Sequence[str] = SERVICES) -> dict[str, str]:
    """Give each of these services a database and the role that owns it; return where each connects."""
    for name in services:
        postgres.create(name, name, password(f"postgres {name}", home))
    return {name: postgres.dsn(name).replace("postgresql://", "postgresql+asyncpg://", 1) for name in services}


def migrate(databases: dict[str, str], home: Path = LOCAL) -> None:
    """Bring all databases to the shape that the code expects, all at once; not when no migration is new."""
    wanted = digest(sorted(ROOT.glob("services/*/migrations/**/*.py")))
    stamp = home / MIGRATED
    if stamp.exists() and stamp.read_text() == wanted:
        return

    def one(name: str) -> None:
        command = [str(PYTHON), "-m", "alembic", "-c", f"services/{name}/alembic.ini", "upgrade", "head"]
        env = {**clean_env(), "HOLDFAST_DATABASE_URL": databases[name]}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=MIGRATION_SECONDS)
        if done.returncode:
            message = f"the migration of {name} failed:\n{(done.stdout + done.stderr)[-4000:]}"
            raise ServerError(message)

    with ThreadPoolExecutor(max_workers=len(databases)) as pool:
        list(pool.map(one, databases))
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def equip(databases: dict[str, str], rabbitmq: RabbitMQ, remembered: dict[str, str], home: Path = LOCAL, front: str = "") -> list[Service]:
    """Give every service a broker user that may touch only its own, and a port: the last one when it is free.

    ``front`` is where browsers reach the identity service, if that is one of them.
    """
    services: list[Service] = []
    for name, database in databases.items():
        rabbitmq.create_user(name, password(f"rabbitmq {name}", home), **rights(name))
        env = {
            **clean_env(),
            "PYTHONUNBUFFERED": "1",
            "HOLDFAST_SERVICE": name,
            "HOLDFAST_DATABASE_URL": database,
            "HOLDFAST_BROKER_URL": rabbitmq.url(name, password(f"rabbitmq {name}", home)),
            **(provider(front, home) if name == IDENTITY else {}),
        }
        _, _, last_port = remembered.get(name, "").rpartition(":")
        services.append(Service(name, ports.free(int(last_port) if last_port else None), env))
    return services


def provider(front: str, home: Path = LOCAL) -> dict[str, str]:
    """Return the settings of the identity service for browsers that reach it through this front."""
    return {
        "HOLDFAST_PROVIDER_URL": f"{front}/identity",
        "HOLDFAST_ENCRYPTION_KEYS": password("identity encryption", home),
        "HOLDFAST_WEB_REDIRECT_URIS": f"{front}/signed-in",
        "HOLDFAST_WEB_LOGOUT_URIS": f"{front}/",
    }


def first_link(identity: Service) -> str:
    """Return the one-time link of the first administrator; nothing where there is an account already."""
    command = [str(PYTHON), "-m", "identity.main"]
    done = subprocess.run(command, cwd=ROOT, env=identity.env, capture_output=True, text=True, check=False, timeout=MIGRATION_SECONDS)
    return done.stdout.strip() if done.returncode == 0 else ""


def front(port: int, services: list[Service], home: Path = LOCAL, instance: str = "") -> Server:
    """Describe the front's process: one origin for the browser and the services; `/healthz` answers with the instance's name."""
    env = {
        **clean_env(),
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_BIND": ports.HOST,
        "HOLDFAST_WEB": str(DIST),
        "HOLDFAST_INSTANCE": instance,
        "XDG_CONFIG_HOME": str(home / "caddy"),
        "XDG_DATA_HOME": str(home / "caddy"),
        **{f"HOLDFAST_{service.name.upper()}": f"{ports.HOST}:{service.port}" for service in services},
    }
    command = [str(caddy()), "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    return _server("front", command, env, ROOT, home)


def demo(front: str) -> Server:
    """Describe the process that loads the demo network through the front."""
    env = {**clean_env(), "PYTHONPATH": str(ROOT / "deploy"), "PYTHONUNBUFFERED": "1"}
    return _server("demo", [str(PYTHON), "-m", "demo.load", front], env, ROOT, LOCAL)


def unready(url: str, instance: str = "") -> str:
    """Return why this address does not report that all is well, or nothing when it does.

    With an instance, only the answer of the front that was started under this name counts.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=READY_SECONDS)
    try:
        connection.request("GET", address.path)
        answer = connection.getresponse()
        stated = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer ({error})"
    finally:
        connection.close()
    if answer.status != http.client.OK:
        return _reason(stated)
    if instance and answer.headers[INSTANCE_HEADER] != instance:
        return "is answered by another program that listens on the same port"
    return ""


def _reason(stated: str) -> str:
    try:
        problem = json.loads(stated)
    except ValueError:
        return stated[:200] or "not ready"
    return str(problem.get("detail", problem))[:200] if isinstance(problem, dict) else str(problem)[:200]


def _server(name: str, command: list[str], env: dict[str, str], folder: Path, home: Path) -> Server:
    logs = home / LOGS.name
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    if log.exists():
        log.replace(logs / f"{name}.previous.log")
    return Server(name, [*dies_with_its_parent(), *command], log, "SIGTERM", STOP_SECONDS, env, folder=folder)
