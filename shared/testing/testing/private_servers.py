"""Private servers for one test process: local binaries, or containers where HOLDFAST_TEST_SERVERS reports it or must."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from servers import Postgres, RabbitMQ, ServerError, postgres, rabbitmq
from servers.postgres import SUPERUSER
from servers.programs import postgres_binaries, rabbitmq_script
from servers.rabbitmq import ADMIN
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

CHOICE: Final = "HOLDFAST_TEST_SERVERS"
POSTGRES_IMAGE: Final = "postgres:17"
RABBITMQ_IMAGE: Final = "rabbitmq:4.3-management"
ENGINE_SECONDS: Final = 10
START_SECONDS: Final = 120
LOOK_EVERY_S: Final = 0.2
PSQL: Final = 'printf "%s" "$STATEMENTS" | psql -XqAt -v ON_ERROR_STOP=1 -d postgres -f -'


@dataclass
class ContainerPostgres(Postgres):
    """A PostgreSQL in a container; nothing of it need be installed here."""

    container: DockerContainer | None = None

    def run_sql(self, sql: str, **env: str) -> str:
        """Run statements as superuser and return what they print."""
        if self.container is None:
            message = "PostgreSQL has no container"
            raise ServerError(message)
        # Over TCP: the server that only initialises the container does not listen there.
        login = {"PGHOST": "127.0.0.1", "PGUSER": SUPERUSER, "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10"}
        done = self.container.get_wrapped_container().exec_run(
            ["sh", "-c", PSQL], environment={**login, **env, "STATEMENTS": sql}, demux=True
        )
        printed, stated = [bytes(part or b"").decode() for part in done.output]
        if done.exit_code:
            message = f"PostgreSQL refused: {stated.strip()}"
            raise ServerError(message)
        return printed

    def wait(self) -> None:
        """Return when it answers; ServerError after ``START_SECONDS``."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.run_sql("SELECT 1")
            except ServerError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_EVERY_S)
            else:
                return


@dataclass
class ContainerRabbitMQ(RabbitMQ):
    """A RabbitMQ in a container."""

    container: DockerContainer | None = None


def log_of(broker: RabbitMQ) -> str:
    """Return what the broker has logged so far."""
    if isinstance(broker, ContainerRabbitMQ) and broker.container is not None:
        return "\n".join(part.decode() for part in broker.container.get_logs())
    return (broker.folder / "rabbitmq.log").read_text()


@contextmanager
def private_postgres(folder: Path) -> Iterator[Postgres]:
    """Run a PostgreSQL that nobody else uses and that forgets everything at the end."""
    if not in_containers():
        with postgres(folder, durable=False) as server:
            yield server
        return
    password = secrets.token_urlsafe(16)
    container = DockerContainer(POSTGRES_IMAGE).with_env("POSTGRES_PASSWORD", password).with_exposed_ports(5432)
    container.with_command("postgres -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200")
    with container:
        found = {"port": container.get_exposed_port(5432), "host": container.get_container_host_ip()}
        server = ContainerPostgres(folder, durable=False, password=password, container=container, **found)
        server.wait()
        yield server


@contextmanager
def private_rabbitmq(folder: Path, *, eager: bool = False) -> Iterator[RabbitMQ]:
    """Run a RabbitMQ that nobody else uses; an eager one where a test stops and starts it, rather than uses it for long."""
    if not in_containers():
        with rabbitmq(folder, eager=eager) as broker:
            yield broker
        return
    password = secrets.token_urlsafe(16)
    container = DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(5672, 15672)
    container.with_env("RABBITMQ_DEFAULT_USER", ADMIN).with_env("RABBITMQ_DEFAULT_PASS", password)
    container.waiting_for(LogMessageWaitStrategy("Server startup complete"))
    with container:
        found = {"amqp": container.get_exposed_port(5672), "management": container.get_exposed_port(15672)}
        yield ContainerRabbitMQ(folder, found, password, host=container.get_container_host_ip(), container=container)


def in_containers() -> bool:
    """Whether the servers run in containers: when requested, or when there are no local binaries but an engine answers."""
    choice = os.environ.get(CHOICE, "")
    if choice not in {"", "local", "containers"}:
        message = f"{CHOICE} is either local or containers, not {choice!r}"
        raise ServerError(message)
    if choice:
        return choice == "containers"
    if _installed():
        return False
    if _engine_answers():
        return True
    message = "the tests need PostgreSQL and RabbitMQ: run `make up` once, which gets them, or start a Docker engine"
    raise ServerError(message)


def _installed() -> bool:
    try:
        return bool(postgres_binaries() and rabbitmq_script())
    except (OSError, RuntimeError):
        return False


def _engine_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=ENGINE_SECONDS).returncode == 0  # noqa: S607 (whatever docker is on the path)
    except subprocess.TimeoutExpired:
        return False
