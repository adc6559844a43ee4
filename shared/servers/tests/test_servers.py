"""The private servers keep what they promise: side by side, through a crash, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import servers
from servers import Postgres, RabbitMQ, ServerError, postgres, rabbitmq
from servers.processes import Server
from servers.rabbitmq import NODE
from servers.supervisor import living

pytestmark = pytest.mark.servers

PACKAGE = Path(servers.__file__).parents[1]
LIMIT_SECONDS = 60.0
# RabbitMQ writes it when nothing has changed for half a second; a queue that is not in it does not survive a kill.
REGISTRY_OF_QUEUES = f"data/{NODE}/quorum/{NODE}/names.dets"

CALLER = """
import sys, time
from pathlib import Path
from servers import postgres, rabbitmq
folder = Path(sys.argv[1])
with postgres(folder / "pg", durable=False), rabbitmq(folder / "mq"):
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """Run one RabbitMQ for the tests that leave it running."""
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as running:
        yield running


def test_two_postgres_run_side_by_side(tmp_path: Path) -> None:
    with postgres(tmp_path / "one", durable=False) as one, postgres(tmp_path / "two", durable=False) as two:
        assert one.port != two.port
        assert {ask(one, "SELECT 1"), ask(two, "SELECT 1")} == {"1"}


def test_a_durable_postgres_keeps_committed_rows_through_a_kill(tmp_path: Path) -> None:
    with postgres(tmp_path, durable=True) as server:
        server.run_sql("CREATE TABLE bookings (room text); INSERT INTO bookings VALUES ('blue room')")
        port = server.port
        server.kill()
        assert not server.running()
        server.start()
        assert (server.port, ask(server, "SELECT room FROM bookings")) == (port, "blue room")


def test_postgres_keeps_its_data_and_its_port_between_runs(tmp_path: Path) -> None:
    with postgres(tmp_path, durable=False) as server:
        server.create("rooms", "rooms", "it's secret")
        before = server.superuser_dsn
    with postgres(tmp_path, durable=False) as server:
        assert server.superuser_dsn == before
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'rooms'") == "1"


def test_a_role_owns_its_database_and_may_not_enter_another(tmp_path: Path) -> None:
    with postgres(tmp_path, durable=False) as server:
        for name in ("rooms", "billing", "rooms"):
            server.create(name, name, f"{name} password")
        assert ask(server, "SELECT has_database_privilege('rooms', 'rooms', 'CREATE')") == "t"
        assert ask(server, "SELECT has_database_privilege('rooms', 'billing', 'CONNECT')") == "f"


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with postgres(tmp_path, durable=False):
        pass
    (tmp_path / "data" / "pg_hba.conf").write_text("nonsense\n")
    with pytest.raises(ServerError, match=r"pg_hba\.conf"), postgres(tmp_path, durable=False):
        pass


def test_two_brokers_run_side_by_side(broker: RabbitMQ, tmp_path: Path) -> None:
    with rabbitmq(tmp_path) as other:
        assert set(other.ports.values()).isdisjoint(broker.ports.values())
        assert other.running()
        assert broker.running()


def test_a_quorum_queue_keeps_its_persistent_message_through_a_kill(tmp_path: Path) -> None:
    with rabbitmq(tmp_path) as server:
        server.manage("PUT", "queues/%2F/holds", {"durable": True, "arguments": {"x-queue-type": "quorum"}})
        letter = {"routing_key": "holds", "payload": "hold room 12", "payload_encoding": "string"}
        server.manage("POST", "exchanges/%2F/amq.default/publish", {**letter, "properties": {"delivery_mode": 2}})
        before = dict(server.ports)
        registry = tmp_path / REGISTRY_OF_QUEUES
        wait_for(lambda: b"holds" in registry.read_bytes())
        server.kill()
        assert not server.running()
        server.start()
        assert server.ports == before
        assert "hold room 12" in read_one(server, "holds")


def test_a_user_may_touch_only_what_its_patterns_match(broker: RabbitMQ) -> None:
    broker.create_user("rooms", "first password", ".*", ".*", ".*")
    broker.create_user("rooms", "second password", r"^rooms\.", r"^rooms\.", r"^rooms\.")
    assert r"'configure': '^rooms\\.'" in str(broker.manage("GET", "users/rooms/permissions"))


@pytest.mark.parametrize("victim", ["caller", "supervisors"])
def test_a_killed_caller_leaves_no_process(tmp_path: Path, victim: str) -> None:
    command = [sys.executable, "-c", CALLER, str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == "ready\n"
        started = mentioning(tmp_path)
        assert len(started) >= len(("PostgreSQL", "epmd", "RabbitMQ")) * len(("server", "supervisor"))
        for pid in started if victim == "supervisors" else ():
            if "supervisor.py" in command_line(pid):
                os.kill(pid, signal.SIGKILL)
        caller.kill()
    wait_for(lambda: mentioning(tmp_path) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere orphans are given to the first process, not to the supervisor")
@pytest.mark.parametrize("when", ["while it runs", "when it is stopped"])
def test_a_server_that_waits_until_an_orphan_of_its_own_is_gone_goes_on(tmp_path: Path, when: str) -> None:
    outlive = "outlive() { orphan=$(sh -c 'sleep 0.2 >/dev/null & echo $!'); while kill -0 $orphan; do sleep 0.05; done; touch gone; }"
    script = "outlive; sleep 60" if when == "while it runs" else "trap 'outlive; exit' TERM; touch ready; while sleep 0.05; do :; done"
    server = Server("waiting", ["sh", "-c", f"{outlive}; {script}"], tmp_path / "log", "SIGTERM", 10.0, dict(os.environ), folder=tmp_path)
    server.start()
    if when == "when it is stopped":
        wait_for((tmp_path / "ready").exists)
        server.stop()
        assert (tmp_path / "gone").exists()
    wait_for((tmp_path / "gone").exists)
    server.stop()


def wait_for(holds: Callable[[], bool]) -> None:
    """Return once this holds; fail when it does not in time."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.1)


def ask(server: Postgres, sql: str) -> str:
    """Return the only value a query answers."""
    return server.run_sql(sql).strip()


def read_one(server: RabbitMQ, queue: str) -> str:
    """Return one message of the queue as text, once its leader is elected."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        try:
            options = {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}
            found = str(server.manage("POST", f"queues/%2F/{queue}/get", options))
        except (ServerError, TimeoutError):
            found = "[]"
        if found != "[]":
            return found
        time.sleep(0.1)
    return "nothing"


def mentioning(folder: Path) -> list[int]:
    """Return the processes that live for this folder: it stands in their command line or environment."""
    return [pid for pid, _ in living() if str(folder) in command_line(pid) + environment(pid) and pid != os.getpid()]


def command_line(pid: int) -> str:
    """Return the command line of a process, empty when it is gone."""
    return _read(Path(f"/proc/{pid}/cmdline"))


def environment(pid: int) -> str:
    """Return the environment of a process, empty when it is gone."""
    return _read(Path(f"/proc/{pid}/environ"))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""
