"""PostgreSQL on three machines: each has etcd, Patroni and a PostgreSQL that Patroni starts and of which one is the primary."""

import contextlib
import http.client
import json
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.install import replication_program
from servers import Postgres, ServerError
from servers.postgres import SUPERUSER, not_as_root
from servers.processes import Server, dies_with_its_parent, scrubbed_env
from servers.programs import postgres_binaries

from failover.balancer import PATRONI, POSTGRES
from failover.network import Machine
from failover.waiting import wait_for

START_S: Final = 120.0
STOP_S: Final = 30.0
ASK_S: Final = 2.0
CLIENT: Final = 2379
PEER: Final = 2380
FOLLOWS: Final = {"running", "streaming"}
"""How Patroni calls a replica that is well."""
LIMITS: Final = {"ttl": 15, "loop_wait": 2, "retry_timeout": 5}
"""Half of Patroni's own, or less, for more fail-overs in a run: a primary that does not renew its lock for ``ttl`` seconds is replaced."""
SETTINGS: Final = {
    "max_connections": "400",
    "wal_log_hints": "on",
    "timezone": "UTC",
    "unix_socket_directories": "",
}
HBA: Final = ("host all all all scram-sha-256", "host replication all all scram-sha-256")


@dataclass(slots=True)
class Node:
    """One machine's share: a member of etcd, and Patroni with its PostgreSQL."""

    machine: Machine
    etcd: Server
    patroni: Server

    def start(self) -> None:
        """Start what does not run there."""
        for server in (self.etcd, self.patroni):
            if not server.running():
                server.start()

    def kill(self) -> None:
        """End everything there with SIGKILL."""
        for server in (self.patroni, self.etcd):
            server.kill()

    def stop(self) -> None:
        """End it as an operator would."""
        for server in (self.patroni, self.etcd):
            server.stop()

    def running(self) -> bool:
        """Return whether both run."""
        return self.etcd.running() and self.patroni.running()


@dataclass
class Databases(Postgres):
    """A PostgreSQL for everybody who connects through the balancer, and a hand on each of its nodes."""

    nodes: Sequence[Node] = field(default_factory=list[Node])
    synchronous: bool = True
    """Whether a commit waits until one of the others has it."""

    @property
    def machines(self) -> list[Machine]:
        """All machines."""
        return [node.machine for node in self.nodes]

    def start(self) -> None:
        """Start every node that does not run, and return when one is the primary and all others follow it."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(Node.start, self.nodes))
        self.wait()

    def wait(self) -> None:
        """Wait until one is the primary and all others follow it; the balancer has noticed then as well."""
        wait_for("one PostgreSQL is the primary and the others follow it", lambda: self.is_whole() and self._takes_statements())

    def stop(self) -> None:
        """Stop every node."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(Node.stop, self.nodes))

    def kill(self) -> None:
        """Kill every node."""
        for node in self.nodes:
            node.kill()

    def running(self) -> bool:
        """Return whether everything runs, one is the primary and all others follow it."""
        return all(node.running() for node in self.nodes) and self.is_whole()

    def is_whole(self) -> bool:
        """Whether every node reports that one is the primary and all others follow it, one of them without a gap."""
        wanted = ["leader", *["replica"] * (len(self.nodes) - 1)]
        if self.synchronous:
            wanted[-1] = "sync_standby"
        try:
            views = [members(node.machine) for node in self.nodes]
        except ServerError:
            return False
        follow = [member for view in views for member in view if member.get("state") in FOLLOWS]
        return (
            all(sorted(member["role"] for member in view) == wanted for view in views)
            and len(follow) == len(self.nodes) * len(views)
            and len({member.get("timeline") for member in follow}) == 1
            and len({member["name"] for member in follow if member["role"] == "leader"}) == 1
        )

    def primary(self, *, but: Node | None = None) -> Node | None:
        """Return the node that reports that it is the primary, apart from one."""
        for node in self.nodes:
            if node is not but:
                with contextlib.suppress(ServerError):
                    ask(node.machine, "GET", "/primary")
                    return node
        return None

    def switch(self, primary: Node) -> None:
        """Have another node become the primary in place of this one, as an operator does."""
        ask(primary.machine, "POST", "/switchover", {"leader": primary.machine.name})

    def wait_for_primary(self, *, but: Node | None = None) -> Node:
        """Return the primary, apart from this one, when there is one."""
        return wait_for("another PostgreSQL is the primary", lambda: self.primary(but=but))

    def timeline(self) -> int:
        """Return how often another has become the primary, and one; only while it is whole."""
        return int(members(self.nodes[0].machine)[0]["timeline"])

    def _takes_statements(self) -> bool:
        try:
            return self.run_sql("SELECT pg_is_in_recovery()").strip() == "f"
        except ServerError:
            return False


def ask(machine: Machine, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Ask a node's Patroni; ServerError where it does not answer, or with an error."""
    connection = http.client.HTTPConnection(machine.address, PATRONI, timeout=ASK_S if method == "GET" else START_S)
    try:
        with contextlib.closing(connection):
            connection.request(method, path, body=None if body is None else json.dumps(body))
            answer = connection.getresponse()
            stated = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ServerError(str(error)) from error
    if answer.status >= http.client.BAD_REQUEST:
        message = f"Patroni answered {answer.status} to {method} {path}: {stated.decode(errors='replace')}"
        raise ServerError(message)
    found: dict[str, Any] = json.loads(stated) if method == "GET" else {}
    return found


def members(machine: Machine) -> list[dict[str, Any]]:
    """Return what a node's Patroni reports of all nodes; ServerError where it does not answer."""
    found: list[dict[str, Any]] = ask(machine, "GET", "/cluster").get("members", [])
    return found


@contextlib.contextmanager
def databases(folder: Path, machines: Sequence[Machine], port: int, *, synchronous: bool) -> Iterator[Databases]:
    """Run PostgreSQL on these machines, reached at this port of the balancer; it ends with the block."""
    folder.mkdir(parents=True)
    password = secrets.token_urlsafe(24)
    nodes = [_node(folder / machine.name, machine, machines, password, synchronous=synchronous) for machine in machines]
    cluster = Databases(folder, durable=True, port=port, password=password, nodes=nodes, synchronous=synchronous)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _node(folder: Path, machine: Machine, all_of_them: Sequence[Machine], password: str, *, synchronous: bool) -> Node:
    folder.mkdir()
    configuration = folder / "patroni.yml"
    configuration.touch(mode=0o600)
    configuration.write_text(json.dumps(_patroni(folder, machine, all_of_them, password, synchronous=synchronous)))
    env = scrubbed_env(HOME=str(folder))
    prefix = [*machine.within, *not_as_root(), *dies_with_its_parent()]
    here, peers = f"http://{machine.address}", ",".join(f"{each.name}=http://{each.address}:{PEER}" for each in all_of_them)
    etcd = [
        *(str(replication_program("etcd-server")), "--name", machine.name, "--data-dir", str(folder / "etcd")),
        *("--listen-peer-urls", f"{here}:{PEER}", "--initial-advertise-peer-urls", f"{here}:{PEER}"),
        *("--listen-client-urls", f"{here}:{CLIENT}", "--advertise-client-urls", f"{here}:{CLIENT}"),
        *("--initial-cluster", peers, "--initial-cluster-state", "new"),
        *("--enable-v2", "--heartbeat-interval", "300", "--election-timeout", "2000"),
    ]
    patroni = [str(replication_program("patroni")), str(configuration)]
    return Node(
        machine,
        Server("etcd", [*prefix, *etcd], folder / "etcd.log", "SIGTERM", STOP_S, env),
        Server("Patroni", [*prefix, *patroni], folder / "patroni.log", "SIGTERM", STOP_S, env),
    )


def _patroni(folder: Path, machine: Machine, all_of_them: Sequence[Machine], password: str, *, synchronous: bool) -> dict[str, Any]:
    """Return the configuration of a node, which is YAML as well as JSON."""
    login = {"password": password}
    return {
        "scope": "holdfast",
        "name": machine.name,
        "restapi": {"listen": f"{machine.address}:{PATRONI}", "connect_address": f"{machine.address}:{PATRONI}"},
        # Version 2 of etcd's interface: Patroni 3.0.2 changes its lock without a comparison in version 3.
        "etcd": {"hosts": [f"{each.address}:{CLIENT}" for each in all_of_them]},
        "bootstrap": {
            "dcs": {
                **LIMITS,
                "synchronous_mode": synchronous,
                "postgresql": {"use_pg_rewind": True, "parameters": SETTINGS},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"{machine.address}:{POSTGRES}",
            "connect_address": f"{machine.address}:{POSTGRES}",
            "data_dir": str(folder / "data"),
            "bin_dir": str(postgres_binaries()),
            "pgpass": str(folder / "pgpass"),
            "pg_hba": list(HBA),
            "authentication": {
                "superuser": {"username": SUPERUSER, **login},
                "replication": {"username": "replicator", **login},
            },
            "remove_data_directory_on_diverged_timelines": True,
            "remove_data_directory_on_rewind_failure": True,
        },
        "watchdog": {"mode": "off"},
    }
