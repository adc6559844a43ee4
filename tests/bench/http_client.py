"""A small keep-alive HTTP/1.1 client: the load must cost less than what it measures."""

import asyncio
import json
from typing import Any, Final
from urllib.parse import urlsplit

TIMEOUT_S: Final = 60


class Connection:
    """One connection that sends one request at a time."""

    def __init__(self, url: str) -> None:
        """Connect on the first request to this address."""
        self._address = urlsplit(url)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: object, prefer: str = "") -> tuple[int, Any]:
        """Post JSON; return the status and the JSON answer."""
        data = json.dumps(body, separators=(",", ":")).encode()
        head = (
            f"POST {self._address.path}{path} HTTP/1.1\r\nHost: {self._address.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n{f'Prefer: {prefer}' if prefer else 'Accept: */*'}\r\n\r\n"
        )
        async with asyncio.timeout(TIMEOUT_S):
            if self._writer is None or self._reader is None or self._reader.at_eof():
                self._reader, self._writer = await asyncio.open_connection(self._address.hostname, self._address.port)
            self._writer.write(head.encode() + data)
            status = int((await self._reader.readuntil(b"\r\n")).split()[1])
            headers = await self._reader.readuntil(b"\r\n\r\n")
            lengths = [line.split(b":")[1] for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            return status, json.loads(await self._reader.readexactly(int(lengths[0])))

    def close(self) -> None:
        """Close."""
        if self._writer is not None:
            self._writer.close()
