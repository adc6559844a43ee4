"""A body that cannot be read is the caller's error, also where the front finds it."""

import asyncio
import json

import pytest
from httpx import URL
from support.origin import Origin

PATIENCE_S = 60
HEAD = "POST /api/scheduling/clients HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize("chunk", ["ZZ\r\nabc\r\n", "3\r\nabcXX", "F" * 17 + "\r\nabc\r\n"])
async def test_a_chunk_whose_length_cannot_be_read_is_refused_without_blame_for_the_service(origin: Origin, chunk: str) -> None:
    url = URL(origin.url)
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write((HEAD.format(host=url.host) + chunk).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.partition(":")[2]) for line in head.splitlines() if line.lower().startswith("content-length:"))
        problem = json.loads(await reader.readexactly(length))
        writer.close()
    assert (head.split()[1], problem["type"]) == ("400", "/problems/body-unreadable")
