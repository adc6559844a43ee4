"""Free ports on the loopback interface, drawn where the kernel does not hand out its own."""

import contextlib
import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

HOST = "127.0.0.1"
BELOW_EPHEMERAL = range(20_000, 32_000)
ATTEMPTS = 200

_chance = random.SystemRandom()
_drawn: set[int] = set()


def free(preferred: int | None = None) -> int:
    """Return the preferred port when nobody has it, otherwise a free one that this process never drew before.

    Until this process ends, no other process of this user draws the port, also while its server is not yet started or is stopped for a
    while.
    """
    if preferred is not None and (preferred in _drawn or _drawn_now(preferred)) and is_free(preferred):
        return preferred
    for _ in range(ATTEMPTS):
        port = _chance.choice(BELOW_EPHEMERAL)
        if port not in _drawn and _drawn_now(port) and is_free(port):
            return port
    message = f"no free port found between {BELOW_EPHEMERAL.start} and {BELOW_EPHEMERAL.stop}"
    raise OSError(message)


@contextlib.contextmanager
def reserved(candidates: Iterable[int]) -> Iterator[int]:
    """Yield the first of these ports that nobody has bound, and keep everybody else from it during the block.

    For a server that shares its port with any other process (SO_REUSEPORT), as Caddy before 2.7 does: a look alone would let two of them
    start on one port. Only a server of the same user that shares its port can listen on the port meanwhile. Raises OSError when
    every candidate is taken.
    """
    with contextlib.ExitStack() as stack:
        for port in candidates:
            probe = stack.enter_context(socket.socket())
            if _take(probe, port):
                yield port
                return
        message = f"none of the ports {', '.join(str(port) for port in candidates)} is free"
        raise OSError(message)


def _take(probe: socket.socket, port: int) -> bool:
    """Bind the port for this socket alone; what is left of closed connections does not count."""
    with _turns().open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return True


def _drawn_now(port: int) -> bool:
    """Keep the port from the draws of all other processes; return whether none has drawn it."""
    try:
        fcntl.lockf(_draws(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _drawn.add(port)
    return True


@cache
def _draws() -> int:
    """Open the file of which every process locks one byte for each port that it draws; the kernel unlocks them when the process ends."""
    return os.open(_of_this_user("drawn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _turns() -> Path:
    """Return the file that this user's processes lock while they take a port."""
    return _of_this_user("lock")


def _of_this_user(kind: str) -> Path:
    """Name a file that all processes of this user share; ports are never shared with other users."""
    return Path(tempfile.gettempdir()) / f"holdfast-ports-{os.geteuid()}.{kind}"


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = HOST) -> bool:
    """Return whether somebody accepts connections on this port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
