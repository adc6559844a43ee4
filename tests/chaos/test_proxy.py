"""A partition is silent: nothing passes and nothing is closed, and what was sent meanwhile arrives when it is over."""

import asyncio

import pytest
from servers import ports

from chaos.proxy import Proxy

SILENCE_S = 0.2


async def test_what_is_sent_during_a_partition_arrives_after_it_on_the_same_connection() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    port = ports.free()
    async with await asyncio.start_server(echo, ports.HOST, port), Proxy(port).running() as proxy:
        reader, writer = await asyncio.open_connection(ports.HOST, proxy.port)
        writer.write(b"before\n")
        assert await reader.readline() == b"before\n"
        proxy.partition()
        writer.write(b"during\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SILENCE_S):
                await reader.read(1)
        assert proxy.held_bytes == len(b"during\n")
        proxy.heal()
        assert await reader.readline() == b"during\n"
        writer.close()


async def test_the_end_of_a_connection_is_not_seen_during_a_partition() -> None:
    ended = asyncio.Event()

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()
        ended.set()

    port = ports.free()
    async with await asyncio.start_server(end, ports.HOST, port), Proxy(port).running() as proxy:
        reader, writer = await asyncio.open_connection(ports.HOST, proxy.port)
        writer.write(b"x")
        await writer.drain()
        await ended.wait()
        proxy.partition()
        late, late_writer = await asyncio.open_connection(ports.HOST, proxy.port)
        late_writer.write(b"x")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SILENCE_S):
                await late.read()
        proxy.heal()
        assert await late.read() == b""
        assert await reader.read() == b""
        writer.close()
        late_writer.close()


async def test_a_connection_ends_when_the_server_is_away() -> None:
    async with Proxy(ports.free()).running() as proxy:
        reader, writer = await asyncio.open_connection(ports.HOST, proxy.port)
        assert await reader.read() == b""
        writer.close()
