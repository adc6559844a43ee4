"""The front's port is its own: two that start at once on one machine never share it."""

import contextlib
import socket
from pathlib import Path
from threading import Barrier, Thread

import pytest
from local.services import front, unready
from servers import ports

PATIENCE_S = 60.0


def test_a_reserved_port_is_nobody_elses() -> None:
    candidates = (ports.free(), ports.free())
    with ports.reserved(candidates) as one, ports.reserved(candidates) as two:
        assert {one, two} == set(candidates)
        assert not ports.is_free(one)
        with pytest.raises(OSError, match="none of the ports"), ports.reserved(candidates):
            pass
    assert ports.is_free(one)


def test_of_many_that_reserve_at_once_each_gets_another_port() -> None:
    candidates = [ports.free() for _ in range(8)]
    start, done = Barrier(8), Barrier(8)
    got: list[int] = []

    def reserve() -> None:
        start.wait(PATIENCE_S)
        with ports.reserved(candidates) as port:
            got.append(port)
            done.wait(PATIENCE_S)

    threads = [Thread(target=reserve) for _ in candidates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(got) == sorted(candidates)


def test_a_front_listens_on_its_reserved_port_and_knows_its_own_answer(tmp_path: Path) -> None:
    with ports.reserved([ports.free()]) as port, contextlib.ExitStack() as stack:
        ours = front(port, [], tmp_path, instance="ours")
        ours.start()
        stack.callback(ours.stop)
        url = f"http://{ports.HOST}:{port}/healthz"
        ours.wait(lambda: not unready(url, "ours"), seconds=PATIENCE_S)
        assert "another program" in unready(url, "somebody else's")


def test_a_reserved_port_takes_no_connections_before_its_server_listens() -> None:
    with ports.reserved([ports.free()]) as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection((ports.HOST, port), timeout=1).close()
