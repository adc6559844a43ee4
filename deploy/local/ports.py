"""Free ports on the loopback interface, drawn where the kernel does not hand out its own."""

import random
import socket

HOST = "127.0.0.1"
BELOW_EPHEMERAL = range(20_000, 32_000)
ATTEMPTS = 200

_chance = random.SystemRandom()
_drawn: set[int] = set()


def free(preferred: int | None = None) -> int:
    """Return the preferred port when nobody listens on it, otherwise a free one never drawn before."""
    if preferred is not None and is_free(preferred):
        _drawn.add(preferred)
        return preferred
    for _ in range(ATTEMPTS):
        port = _chance.choice(BELOW_EPHEMERAL)
        if port not in _drawn and is_free(port):
            _drawn.add(port)
            return port
    message = f"no free port found between {BELOW_EPHEMERAL.start} and {BELOW_EPHEMERAL.stop}"
    raise OSError(message)


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Say whether somebody accepts connections on this port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
