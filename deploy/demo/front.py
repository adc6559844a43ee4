"""The public API as a visitor uses it: one origin, four services, problems as plain text."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import httpx

SERVICES: Final = ("catalog", "rooms", "scheduling", "billing")
AT_ONCE: Final = 32
ATTEMPTS: Final = 6
FIRST_PAUSE_S: Final = 0.2
TIMEOUT_S: Final = 40.0
PAGE: Final = 500
WAIT_S: Final = 20
AWAY: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})

Json = dict[str, Any]


class UnreachableError(Exception):
    """The platform does not answer."""


class RefusedError(Exception):
    """The platform refused a request; the message has the reason."""

    def __init__(self, path: str, status: int, problem: Json) -> None:
        """Keep the problem document."""
        super().__init__(f"/api/{path} answers {status}: {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The last part of the problem's type."""
        return str(self.problem.get("type", "")).rpartition("/")[2]


class Front:
    """A client of the front."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Speak through this client."""
        self._http = http
        self._places = asyncio.Semaphore(AT_ONCE)

    async def get(self, path: str, **query: object) -> Json:
        """Read one thing."""
        return await self._book("GET", path, query=query)

    async def every(self, path: str, **query: object) -> list[Json]:
        """Read a whole list, page by page."""
        items: list[Json] = []
        more: Json = {}
        while True:
            page = await self.get(path, limit=PAGE, **query, **more)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            more = {"cursor": page["next_cursor"]}

    async def post(self, path: str, body: Json | None = None, *, key: str | None = None, wait: bool = False) -> Json:
        """Do something; with a key it is done once however often it is requested, with wait the answer is the decision."""
        headers = {"Idempotency-Key": key} if key else {}
        if wait:
            headers["Prefer"] = f"wait={WAIT_S}"
        return await self._book("POST", path, headers=headers, body=body)

    async def put(self, path: str, body: Json) -> Json:
        """Put one thing in its place; done twice it is done once."""
        return await self._book("PUT", path, body=body)

    async def send_file(self, path: str, text: str, media_type: str = "text/csv") -> Json:
        """Send a file, a CSV sheet unless stated otherwise."""
        return await self._book("POST", path, headers={"Content-Type": media_type}, text=text)

    async def read_file(self, path: str) -> str:
        """Read a file."""
        return (await self._answer("GET", path)).text

    async def _book(self, method: str, path: str, **parts: Any) -> Json:
        return (await self._answer(method, path, **parts)).json()

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Json | None = None,
        headers: Json | None = None,
        body: Json | None = None,
        text: str | None = None,
    ) -> httpx.Response:
        pause = FIRST_PAUSE_S
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._places:
                    answer = await self._http.request(method, f"/api/{path}", params=query, headers=headers, json=body, content=text)
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    message = f"{self._http.base_url} does not answer: {error or type(error).__name__}"
                    raise UnreachableError(message) from error
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in AWAY or attempt == ATTEMPTS:
                    raise RefusedError(path, answer.status_code, _problem(answer))
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError


def _problem(answer: httpx.Response) -> Json:
    try:
        return answer.json()
    except ValueError:
        return {"detail": answer.text[:300]}


@asynccontextmanager
async def visit(url: str) -> AsyncIterator[Front]:
    """Speak to the platform at this address; UnreachableError when one of its services is not ready."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, limits=limits) as http:
        front = Front(http)
        for service in SERVICES:
            try:
                await front.get(f"{service}/readyz")
            except RefusedError as error:
                message = f"{service} is not ready at {url}: {error}"
                raise UnreachableError(message) from error
        yield front
