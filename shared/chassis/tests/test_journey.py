"""A request becomes a message, a message becomes work."""

from support import Serve, until
from toy import Settings, build


async def test_a_lamp_lit_over_http_is_listed(serve: Serve, settings: Settings) -> None:
    client = await serve(build(settings))
    answer = await client.post("/lamps", json={"name": "hall"})
    assert answer.status_code == 201, answer.text

    async def listed() -> bool:
        return [lamp["name"] for lamp in (await client.get("/lamps")).json()["items"]] == ["hall"]

    await until(listed)
