"""A private RabbitMQ: its own node, cookie, port mapper and ports; nobody else's broker is touched."""

import base64
import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from servers import ports
from servers.processes import PortTakenError, Server, ServerError, dies_with_its_parent, scrubbed_env
from servers.programs import epmd, rabbitmq_script

ADMIN = "admin"
NODE = "holdfast@localhost"
START_SECONDS = 120.0
STOP_SECONDS = 30.0
MANAGEMENT_SECONDS = 20.0
REQUEST_SECONDS = 10.0
CONTROL_SECONDS = 60.0
PORT_ATTEMPTS = 5
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
FIRST_BYTE_OF_START = b"\x01"
PORTS = ("amqp", "distribution", "epmd", "management", "prometheus")

CONFIGURATION = """
listeners.tcp.local = {host}:{amqp}
management.tcp.ip = {host}
management.tcp.port = {management}
prometheus.tcp.ip = {host}
prometheus.tcp.port = {prometheus}
default_user = {user}
default_pass = {password}
log.console = true
log.console.level = info
log.file = false
disk_free_limit.absolute = 64MB
"""
# The first two make the Erlang machine boot two to three times faster on virtual machines. The last keeps a stop short:
# the queues are closed within milliseconds, only statistics would like five seconds more.
ERLANG = "-kernel inet_dist_use_interface {{{host}}} -shutdown_time 2000"
EAGER = "+sbwt medium +sbwtdio medium "
"""Waiting schedulers that keep the processor busy: it boots in half the time, and then costs twice as much."""


@dataclass
class RabbitMQ:
    """A RabbitMQ broker in `folder`; it can be stopped, killed and started again on the same ports."""

    folder: Path
    ports: dict[str, int]
    password: str = field(repr=False)
    host: str = ports.HOST
    eager: bool = False
    within: Sequence[str] = ()
    """The command that runs another one where the broker is to run, such as in a network namespace."""
    settings: str = ""
    """Lines of its own for rabbitmq.conf, in addition to what every broker here has."""
    _servers: list[Server] = field(default_factory=list[Server], repr=False)

    @property
    def port(self) -> int:
        """Where AMQP clients connect."""
        return self.ports["amqp"]

    @property
    def node(self) -> str:
        """The name of the Erlang node; one with an address can be reached by others of a cluster."""
        return NODE if self.host == ports.HOST else f"holdfast@{self.host}"

    @property
    def management_port(self) -> int:
        """Where the management pages and their API are."""
        return self.ports["management"]

    @property
    def admin_url(self) -> str:
        """Where the administrator connects."""
        return self.url(ADMIN, self.password)

    def url(self, user: str, password: str) -> str:
        """Where this user connects."""
        return f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/"

    def create_user(self, name: str, password: str, configure: str, write: str, read: str) -> None:
        """Create or update a user that may configure, write and read what these patterns match."""
        user = quote(name, safe="")
        self.manage("PUT", f"users/{user}", {"password": password, "tags": ""})
        self.manage("PUT", f"permissions/%2F/{user}", {"configure": configure, "write": write, "read": read})

    def manage(self, method: str, path: str, body: object = None) -> object:
        """Query the management API; an answer that is no success raises."""
        login = base64.b64encode(f"{ADMIN}:{self.password}".encode()).decode()
        connection = http.client.HTTPConnection(self.host, self.management_port, timeout=REQUEST_SECONDS)
        with contextlib.closing(connection):
            connection.request(
                method,
                f"/api/{path}",
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            output = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            message = f"RabbitMQ answered {answer.status} to {method} {path}: {output.decode(errors='replace')}"
            raise ServerError(message)
        return json.loads(output) if output else None

    def start(self) -> None:
        """Start the broker on its ports and return when it accepts clients and answers its administrator."""
        self._write_files()
        env = self._env()
        mapper = Server(
            name="epmd",
            command=[*self.within, *dies_with_its_parent(), str(epmd()), "-address", self.host, "-port", str(self.ports["epmd"])],
            log=self.folder / "epmd.log",
            stop_signal="SIGTERM",
            patience=1.0,
            env=env,
        )
        broker = Server(
            name="RabbitMQ",
            command=[*self.within, *dies_with_its_parent(), str(rabbitmq_script())],
            log=self.folder / "rabbitmq.log",
            stop_signal="SIGTERM",
            patience=STOP_SECONDS,
            env=env,
        )
        self._servers = [broker, mapper]
        try:
            mapper.start()
            mapper.wait(lambda: ports.answers(self.ports["epmd"], self.host), seconds=START_SECONDS)
            broker.start()
            broker.wait(self._greets, seconds=START_SECONDS)
            broker.wait(self._manages, seconds=MANAGEMENT_SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the broker as an operator would."""
        for server in self._servers:
            server.stop()

    def kill(self) -> None:
        """Kill the broker and all its processes with SIGKILL."""
        for server in self._servers:
            server.kill()

    def running(self) -> bool:
        """Return whether the broker runs."""
        return bool(self._servers) and self._servers[0].running()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it stand still within the block, as a machine that is suspended does."""
        process = int((self.folder / "pid").read_text())
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    def cut_connections(self) -> None:
        """Close the connection of every client."""
        for name in self.connections():
            with contextlib.suppress(ServerError):  # one that is closed already
                self.manage("DELETE", f"connections/{quote(name, safe='')}")

    def connections(self) -> list[str]:
        """Return the names of the clients' connections; the broker counts them every five seconds."""
        found = self.manage("GET", "connections?columns=name")
        return [str(each["name"]) for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def control(self, *arguments: str) -> None:
        """Run ``rabbitmqctl``; CalledProcessError when it fails."""
        command = [*self.within, str(rabbitmq_script().with_name("rabbitmqctl")), "-n", self.node, *arguments]
        subprocess.run(command, env=self._env(), check=True, capture_output=True, timeout=CONTROL_SECONDS)

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1.0) as probe:
                probe.sendall(PROTOCOL_HEADER)
                return probe.recv(1) == FIRST_BYTE_OF_START
        except OSError:
            return False

    def _manages(self) -> bool:
        try:
            self.manage("GET", "whoami")
        except (OSError, http.client.HTTPException, ServerError):
            return False
        return True

    def _write_files(self) -> None:
        for name in ("home", "data", "log", "generated"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        cookie = self.folder / "home" / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        configuration = self.folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        written = CONFIGURATION.format(host=self.host, **self.ports, user=ADMIN, password=self.password)
        configuration.write_text(written + self.settings)
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management,rabbitmq_prometheus].\n")
        (self.folder / "advanced.config").write_text("[].\n")
        (self.folder / "rabbitmq-env.conf").write_text("")

    def _env(self) -> dict[str, str]:
        here = self.folder
        return scrubbed_env(
            HOME=str(here / "home"),
            ERL_EPMD_PORT=str(self.ports["epmd"]),
            ERL_EPMD_ADDRESS=self.host,
            RUNNING_UNDER_SYSTEMD="true",
            RABBITMQ_LOG="-color",
            RABBITMQ_NODENAME=self.node,
            RABBITMQ_USE_LONGNAME=str(self.node != NODE).lower(),
            RABBITMQ_NODE_IP_ADDRESS=self.host,
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(self.ports["distribution"]),
            RABBITMQ_MNESIA_BASE=str(here / "data"),
            RABBITMQ_LOG_BASE=str(here / "log"),
            RABBITMQ_PID_FILE=str(here / "pid"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(here / "enabled_plugins"),
            RABBITMQ_CONFIG_FILE=str(here / "rabbitmq.conf"),
            RABBITMQ_ADVANCED_CONFIG_FILE=str(here / "advanced.config"),
            RABBITMQ_GENERATED_CONFIG_DIR=str(here / "generated"),
            RABBITMQ_CONF_ENV_FILE=str(here / "rabbitmq-env.conf"),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=(EAGER if self.eager else "") + ERLANG.format(host=self.host.replace(".", ",")),
        )


@contextlib.contextmanager
def rabbitmq(folder: Path, *, eager: bool = False) -> Iterator[RabbitMQ]:
    """Run a private RabbitMQ in `folder`, with the queues that are there already; it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    secret, remembered = folder / "admin.password", folder / "ports.json"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
    preferred: dict[str, int] = json.loads(remembered.read_text()) if remembered.exists() else {}
    for attempt in range(1, PORT_ATTEMPTS + 1):
        drawn = {name: ports.free(preferred.get(name)) for name in PORTS}
        broker = RabbitMQ(folder, drawn, secret.read_text(), eager=eager)
        try:
            broker.start()
            break
        except PortTakenError:
            preferred = {}
            if attempt == PORT_ATTEMPTS:
                raise
    remembered.write_text(json.dumps(broker.ports))
    try:
        yield broker
    finally:
        broker.stop()
