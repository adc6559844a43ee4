"""RabbitMQ on three machines: one cluster, of which the smaller part pauses when it is parted from the rest."""

import contextlib
import http.client
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from servers import RabbitMQ, ServerError

from failover.balancer import AMQP, MANAGEMENT, Balancer
from failover.network import Machine
from failover.waiting import wait_for

PORTS: Final = {"amqp": AMQP, "management": MANAGEMENT, "distribution": 25672, "epmd": 4369, "prometheus": 15692}
TOGETHER: Final = (
    "cluster_partition_handling = pause_minority\nnet_ticktime = 15\ncluster_formation.peer_discovery_backend = classic_config\n"
)
PEER: Final = "cluster_formation.classic_config.nodes.{number} = {node}\n"
AWAY: Final = (OSError, http.client.HTTPException, ServerError)


@dataclass
class Broker(RabbitMQ):
    """One node on its machine."""

    machine: Machine = field(kw_only=True)

    def sees(self) -> int:
        """Return how many nodes it knows to run, itself included; none where it does not answer."""
        return sum(bool(node["running"]) for node in self._nodes())

    def reports_partition(self) -> bool:
        """Whether it takes part in a partition that does not end by itself: a node that stood still never paused."""
        return any(node.get("partitions") for node in self._nodes())

    def _nodes(self) -> list[dict[str, Any]]:
        try:
            found = self.manage("GET", "nodes?columns=name,running,partitions")
        except AWAY:
            return []
        return found if isinstance(found, list) else []

    def is_spare(self) -> bool:
        """Whether every queue would go on working without it."""
        try:
            self.manage("GET", "health/checks/node-is-quorum-critical")
        except AWAY:
            return False
        return True


@dataclass
class Brokers(RabbitMQ):
    """A RabbitMQ for everybody who connects through the balancer, and a hand on each of its nodes."""

    nodes: Sequence[Broker] = field(default_factory=list[Broker])

    @property
    def machines(self) -> list[Machine]:
        """All machines."""
        return [node.machine for node in self.nodes]

    def start(self) -> None:
        """Start every node that does not run, and return when all of them know each other."""
        self._each(lambda node: node.running() or node.start())
        self.wait()

    def wait(self) -> None:
        """Wait until each node reports that all of them run and that no queue needs it."""
        wait_for("every node of RabbitMQ knows the others", self.is_whole)

    def stop(self) -> None:
        """Stop every node."""
        self._each(RabbitMQ.stop)

    def kill(self) -> None:
        """Kill every node."""
        self._each(RabbitMQ.kill)

    def running(self) -> bool:
        """Return whether every node runs and reports that all of them do."""
        return all(node.running() for node in self.nodes) and self.is_whole()

    def is_whole(self) -> bool:
        """Whether each node reports that all of them run, that none is parted from it and that no queue needs it."""
        return not self.is_parted() and all(node.sees() == len(self.nodes) and node.is_spare() for node in self.nodes)

    def is_parted(self) -> bool:
        """Whether a node reports a partition."""
        return any(node.reports_partition() for node in self.nodes)

    def _each(self, do: Callable[[Broker], object]) -> None:
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(do, self.nodes))


@contextlib.contextmanager
def brokers(folder: Path, machines: Sequence[Machine], balancer: Balancer) -> Iterator[Brokers]:
    """Run RabbitMQ on these machines, reached at the balancer's ports; it ends with the block."""
    password, cookie = secrets.token_urlsafe(24), secrets.token_hex(20)
    nodes = [_node(folder / machine.name, machine, password, cookie) for machine in machines]
    peers = "".join(PEER.format(number=number, node=node.node) for number, node in enumerate(nodes, start=1))
    for node in nodes:
        node.settings = TOGETHER + peers
    ports = {"amqp": balancer.rabbitmq, "management": balancer.management}
    cluster = Brokers(folder, ports, password, nodes=nodes)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _node(folder: Path, machine: Machine, password: str, cookie: str) -> Broker:
    secret = folder / "home" / ".erlang.cookie"
    secret.parent.mkdir(parents=True)
    secret.touch(mode=0o600)
    secret.write_text(cookie)
    secret.chmod(0o400)
    return Broker(folder, PORTS, password, host=machine.address, within=machine.within, machine=machine)
