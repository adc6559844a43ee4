"""Files of many rows (CSV, XLSX): a bounded number is made and sent at once, so that a process answers others meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request

from chassis.http.problems import Problem

MOST_AT_ONCE: Final = 4
"""Files that a process makes and sends at once; each keeps a database connection."""
LONGEST_WAIT_S: Final = 4.0
"""How long a request waits for one of these places; with what its report may take, shorter than the front waits for the answer."""
RETRY_AFTER_S: Final = 30


class LargeFiles:
    """The places of a process for files that are made and sent."""

    def __init__(self) -> None:
        """All places are free."""
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Keep a place; refused (503) when none is free in time."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_S):
                await self._places.acquire()
        except TimeoutError:
            raise _too_many() from None
        try:
            yield
        finally:
            self._places.release()


async def _place(request: Request) -> AsyncIterator[None]:
    async with request.app.state.large_files.place():
        yield


LARGE_FILE: Final = Depends(_place)
"""Keeps a place until the last byte is sent; for a route's ``dependencies``, which come before its database connection."""


def _too_many() -> Problem:
    detail = (
        f"{MOST_AT_ONCE} files are being made here already, and none was finished within {LONGEST_WAIT_S:.0f} seconds. "
        f"Nothing was changed. Try again in {RETRY_AFTER_S} seconds."
    )
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too-many-files", detail)
    problem.headers = {"Retry-After": str(RETRY_AFTER_S)}
    return problem
