"""The event loop of a service's process: uvloop, which here accepts in one turn all the connections that wait.

libuv accepts one connection in a turn of its loop. In a process that is busy a turn takes some 40 ms, so that a request on a new
connection, ``/healthz`` among them, stood for seconds behind those whose callers had left long before.

uvicorn makes the loop before it imports the service. Nearly all that an import makes stays, and Python's own collector would look through
it again and again, which takes a fifth of a start: it stands still until the service has started.
"""

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, cast

import uvloop

ACCEPTED_AT_ONCE: Final = 256
"""So many connections at most in one turn, so that it stays short."""

ProtocolFactory = Callable[[], asyncio.BaseProtocol]


class EventLoop(uvloop.Loop):
    """What ``uvicorn --loop`` takes; ``Service`` lets Python's own collector work again."""

    def __init__(self) -> None:
        """Make the loop, before the service is imported."""
        super().__init__()
        gc.disable()

    def close(self) -> None:
        """Close the loop; the collector works again where nothing was started."""
        super().close()
        gc.enable()

    async def create_server(self, protocol_factory: ProtocolFactory, *where: Any, **options: Any) -> asyncio.Server:
        """Listen as uvloop does; whenever it accepts a connection, accept the others that wait."""
        servers: list[asyncio.Server] = []
        connecting: set[asyncio.Task[None]] = set()

        def accepted() -> asyncio.BaseProtocol:
            for listening in [each for server in servers for each in server.sockets]:
                for connection in _waiting(listening):
                    task = self.create_task(self._serve(protocol_factory, connection))
                    connecting.add(task)
                    task.add_done_callback(connecting.discard)
            return protocol_factory()

        servers.append(cast("asyncio.Server", await super().create_server(accepted, *where, **options)))
        return servers[0]

    async def _serve(self, protocol_factory: ProtocolFactory, connection: socket.socket) -> None:
        try:
            await self.connect_accepted_socket(protocol_factory, connection)
        except OSError:  # its caller has left
            connection.close()


def _waiting(listening: socket.socket) -> list[socket.socket]:
    """Accept what waits at a socket that stays the loop's own."""
    accepting = socket.socket(listening.family, listening.type, listening.proto, fileno=listening.fileno())
    connections: list[socket.socket] = []
    try:
        with suppress(OSError):  # nothing waits any more, or there are no more descriptors, about which libuv does what is needed
            while len(connections) < ACCEPTED_AT_ONCE:
                connection, _ = accepting.accept()
                connection.setblocking(False)
                connections.append(connection)
    finally:
        accepting.detach()
    return connections
