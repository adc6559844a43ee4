"""All four services in the test's process, on one broker."""

from dataclasses import dataclass

from httpx import AsyncBaseTransport, AsyncClient, Request, Response
from testing.running import REQUEST_S


@dataclass(frozen=True, slots=True)
class Network:
    """Clients of the four services, which talk over one broker."""

    catalog: AsyncClient
    rooms: AsyncClient
    scheduling: AsyncClient
    billing: AsyncClient

    def front(self) -> AsyncClient:
        """Return a client of all four at one origin, under ``/api/<service>``."""
        return AsyncClient(transport=_Front(self), base_url="http://test", timeout=REQUEST_S)


class _Front(AsyncBaseTransport):
    """Passes each request on to the service that its path names."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_async_request(self, request: Request) -> Response:
        _, _, service, path = request.url.raw_path.decode().split("/", 3)
        client: AsyncClient = getattr(self._network, service)
        return await client.send(client.build_request(request.method, f"/{path}", content=await request.aread(), headers=request.headers))
