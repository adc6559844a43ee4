"""A TCP proxy that can be partitioned: it keeps every connection open and passes no byte, as a network does that lost a link."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from servers import ports

CHUNK_BYTES: Final = 65_536


class Proxy:
    """Passes on what clients send to one server, and what it answers, unless it is partitioned."""

    def __init__(self, port: int) -> None:
        """Prepare for the server at this port; ``running`` listens."""
        self.port = ports.free()
        self._server_port = port
        self._is_whole = asyncio.Event()
        self._is_whole.set()
        self._connections: set[asyncio.Task[None]] = set()
        self.held_bytes = 0
        """How many bytes came while it was partitioned; they are passed on afterwards."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listen within the block; at its end every connection is closed."""
        with socket.create_server((ports.HOST, self.port)) as listening:
            listening.setblocking(False)
            accepting = asyncio.create_task(self._accept(listening))
            try:
                yield self
            finally:
                tasks = [accepting, *self._connections]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def partition(self) -> None:
        """Pass nothing on from now on: neither bytes nor the end of a connection."""
        self._is_whole.clear()

    def heal(self) -> None:
        """Pass on what came meanwhile and everything that follows."""
        self._is_whole.set()

    async def _accept(self, listening: socket.socket) -> None:
        while True:
            client, _ = await asyncio.get_running_loop().sock_accept(listening)
            connection = asyncio.create_task(self._connect(client))
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)
            connection.add_done_callback(lambda _, client=client: client.close())

    async def _connect(self, client: socket.socket) -> None:
        await self._is_whole.wait()
        with socket.socket() as server:
            server.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(server, (ports.HOST, self._server_port))
            except OSError:  # the server is away: so is the connection
                return
            ways = [asyncio.create_task(self._pass(client, server)), asyncio.create_task(self._pass(server, client))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, one: socket.socket, other: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while chunk := await loop.sock_recv(one, CHUNK_BYTES):
                self.held_bytes += 0 if self._is_whole.is_set() else len(chunk)
                await self._is_whole.wait()
                await loop.sock_sendall(other, chunk)
        await self._is_whole.wait()
