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
        status, answer = await self.ask("post", path, body, f"Prefer: {prefer}" if prefer else "Accept: */*")
        return status, json.loads(answer)

    async def ask(self, method: str, path: str, body: object = None, header: str = "Accept: */*") -> tuple[int, bytes]:
        """Send a request, with JSON where there is a body; return the status and the answer."""
        data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        about = f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n" if data else ""
        line = f"{method.upper()} {self._address.path}{path} HTTP/1.1\r\nHost: {self._address.netloc}\r\n"
        async with asyncio.timeout(TIMEOUT_S):
            if self._writer is None or self._reader is None or self._reader.at_eof():
                self._reader, self._writer = await asyncio.open_connection(self._address.hostname, self._address.port)
            self._writer.write(f"{line}{about}{header}\r\n\r\n".encode() + data)
            status = int((await self._reader.readuntil(b"\r\n")).split()[1])
            headers = await self._reader.readuntil(b"\r\n\r\n")
            lengths = [line.split(b":")[1] for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            return status, await self._reader.readexactly(int(lengths[0])) if lengths else await _chunks(self._reader)

    def close(self) -> None:
        """Close."""
        if self._writer is not None:
            self._writer.close()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a body whose length is not known before its end."""
    parts: list[bytes] = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return b"".join(parts)
