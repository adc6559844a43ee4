"""Ports that are drawn: each process keeps its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import ServerError, ports
from servers.processes import Server

DRAWS = """
import sys
from servers import ports
print(ports.free(int(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def test_a_port_that_a_process_drew_is_kept_from_all_others_until_it_ends() -> None:
    mine = ports.free()
    with another_draws(mine) as its:
        assert its != mine, "it drew the port whose server is not started yet"
        assert ports.free(its) != its, "the port of the other process was drawn"
    assert ports.free(its) == its


def test_a_process_draws_its_own_port_again() -> None:
    mine = ports.free()
    assert ports.free(mine) == mine


def test_the_answer_of_another_program_at_the_same_address_is_not_that_of_a_server_that_ended(tmp_path: Path) -> None:
    server = Server("rooms", [sys.executable, "-c", ""], tmp_path / "log", "SIGTERM", 1)
    server.start()

    def ready() -> bool:
        return not server.running()

    with pytest.raises(ServerError, match="rooms ended while it started"):
        server.wait(ready, seconds=60)
    assert server.started
    server.stop()
    assert not server.started


@contextmanager
def another_draws(preferred: int) -> Iterator[int]:
    """Let another process draw a port, this one if it may, and keep it during the block."""
    command = [sys.executable, "-c", DRAWS, str(preferred)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
