"""What takes long and keeps a database connection: a bounded number is under way at once, so that a process answers others meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request

from chassis.http.problems import Problem

MOST_AT_ONCE: Final = 4
"""Places of one kind; each keeps a database connection."""
LONGEST_WAIT_S: Final = 4.0
"""How long a request waits for one of these places; with what its report may take, shorter than the front waits for the answer."""
RETRY_AFTER_S: Final = 30


class Places:
    """The places of a process for one kind of what takes long; a file of many rows keeps its own until it is sent."""

    def __init__(self, code: str = "too-many-files", under_way: str = "files are being made") -> None:
        """All places are free; ``code`` and ``under_way`` are of the refusal where none is."""
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._code = code
        self._under_way = under_way

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Keep a place; refused (503) when none is free in time."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await self._places.acquire()
        except TimeoutError:
            raise self._too_many() from None
        try:
            yield
        finally:
            self._places.release()

    def _too_many(self) -> Problem:
        detail = (
            f"{MOST_AT_ONCE} {self._under_way} here already, and none was finished within {LONGEST_WAIT_S:.0f} seconds. "
            f"Nothing was changed. Try again in {RETRY_AFTER_S} seconds."
        )
        problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, self._code, detail)
        problem.headers = {"Retry-After": str(RETRY_AFTER_S)}
        return problem


async def _place(request: Request) -> AsyncIterator[None]:
    async with request.app.state.large_files.place():
        yield


LARGE_FILE: Final = Depends(_place)
"""Keeps a place until the last byte is sent; for a route's ``dependencies``, which come before its database connection."""
