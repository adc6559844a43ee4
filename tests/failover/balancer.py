"""HAProxy as operators have it in front of replicated servers: it sends everybody to the primary, and to brokers that listen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.install import replication_program
from servers import ports
from servers.processes import Server, dies_with_its_parent, scrubbed_env

from failover.network import Machine

START_S: Final = 20.0
STOP_S: Final = 5.0
POSTGRES: Final = 5432
PATRONI: Final = 8008
AMQP: Final = 5672
MANAGEMENT: Final = 15672

CONFIGURATION: Final = """
global
    maxconn 4000
defaults
    mode tcp
    timeout connect 2s
    timeout check 1s
    timeout client 1h
    timeout server 1h
    default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
listen postgres
    bind 127.0.0.1:{postgres}
    option httpchk OPTIONS /primary
    http-check expect status 200
{databases}
listen rabbitmq
    bind 127.0.0.1:{rabbitmq}
    balance roundrobin
{brokers}
listen management
    bind 127.0.0.1:{management}
{managements}
"""


@dataclass(slots=True)
class Balancer:
    """One process of HAProxy for both clusters; the ports are those at which services connect."""

    folder: Path
    databases: Sequence[Machine]
    brokers: Sequence[Machine]
    postgres: int = field(default_factory=ports.free)
    rabbitmq: int = field(default_factory=ports.free)
    management: int = field(default_factory=ports.free)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it within the block."""
        self.folder.mkdir(parents=True)
        configuration = self.folder / "haproxy.cfg"
        configuration.write_text(
            CONFIGURATION.format(
                postgres=self.postgres,
                rabbitmq=self.rabbitmq,
                management=self.management,
                databases=_servers(self.databases, POSTGRES, f" check port {PATRONI}"),
                brokers=_servers(self.brokers, AMQP, " check"),
                managements=_servers(self.brokers, MANAGEMENT, " check"),
            )
        )
        command = [*dies_with_its_parent(), str(replication_program("haproxy")), "-db", "-f", str(configuration)]
        server = Server("HAProxy", command, self.folder / "haproxy.log", "SIGTERM", STOP_S, scrubbed_env())
        server.start()
        try:
            server.wait(lambda: ports.answers(self.postgres), seconds=START_S)
            yield
        finally:
            server.stop()


def _servers(machines: Sequence[Machine], port: int, check: str) -> str:
    return "\n".join(f"    server {machine.name} {machine.address}:{port}{check}" for machine in machines)
