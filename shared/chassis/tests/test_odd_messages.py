"""Whoever may publish writes what they like into a message: it alone is affected, and is parked like any other that cannot be read."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest
from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractChannel, HeadersType
from chassis.amqp.queues import inbox_arguments
from chassis.data.database import Database, Transaction
from chassis.messaging.broker import PARKED, Broker
from chassis.messaging.inbox import MOST_DELIVERIES, PREFETCH
from contracts.envelope import Envelope
from contracts.types import EARLIEST, new_id
from httpx import AsyncClient
from pamqp import encode
from pydantic import SecretStr
from servers import RabbitMQ
from testing import Serve, until
from toy import HANDLERS, LightLamp, Settings, build, service
from watching import names, say

SOME: Final = 12
UNREADABLE: Final = b"{not json"


class Raw:
    """The value of a header, as bytes that no client would write."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes, the type first."""
        self.data = data


def table(depth: int) -> Raw:
    """Nest tables this deep."""
    data = b"I\x00\x00\x00\x07"
    for _ in range(depth):
        entry = b"\x01t" + data
        data = b"F" + len(entry).to_bytes(4, "big") + entry
    return Raw(data)


ODD_HEADERS: Final[Sequence[dict[str, Any]]] = [
    {"double": Raw(b"d" + bytes.fromhex("7e37e43c8800759c"))},  # 1e300
    {"largest double": Raw(b"d" + bytes.fromhex("7fefffffffffffff"))},
    {"decimal": Raw(b"D\xff\xff\xff\xff\xff")},
    {"late": Raw(b"T\xff\xff\xff\xff\xff\xff\xff\xff"), "x-death": ["junk"]},
    {"nanoseconds": Raw(b"T" + (1_800_000_000_000_000_000).to_bytes(8, "big"))},
    {"text": Raw(b"S\x00\x00\x00\x02\xff\xfe")},
    {"bytes": bytearray(b"\x00\xff")},
    {"void": None, "array": [{"a": 1}, {"a": [{"b": None}]}], "n" * 128: 1, "": 2},
    {"long": "h" * 120_000},
    {"CC": ["other.inbox"], "BCC": ["other.parked"]},
    {"x-death": [{"queue": "toy.inbox", "reason": "rejected", "count": 1, "time": EARLIEST}]},
    {"x-death": [{"reason": {"a": 1}, "time": "now"}], "x-first-death-queue": "toy.parked"},
    *(
        {"x-delivery-count": count}
        for count in (True, -1, 1.5, "", "7", 2**40, [1], {"a": 1}, None, EARLIEST, Raw(b"D\x02\x00\x00\x00\x07"))
    ),
    *({"holdfast_attempts": attempts} for attempts in (True, -1, 2**40, [1], {"a": 1}, "9" * 9)),
    *({"deep": table(depth)} for depth in (100, 300, *range(400, 500, 3), 700)),
]

ODD_PROPERTIES: Final[Sequence[dict[str, Any]]] = [
    {"message_id": "", "type": ""},
    {"message_id": "m" * 255, "type": "t" * 255, "correlation_id": "c" * 255, "app_id": "a" * 255},
    {"message_id": "twice"},
    {"message_id": "twice"},
    {"content_type": "text/\x00", "content_encoding": "gzip"},
    {"priority": 255},
    {"reply_to": "nowhere"},
]


@pytest.fixture(autouse=True)
def _raw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a header have any bytes."""
    as_before = encode.encode_table_value

    def encoded(value: Any) -> bytes:  # noqa: ANN401 (as pamqp's own)
        return value.data if isinstance(value, Raw) else as_before(value)

    monkeypatch.setattr(encode, "encode_table_value", encoded)


async def test_odd_messages_are_parked_listed_put_back_and_thrown_away_and_the_others_are_served(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    client = await serve(build(settings))
    odd = [
        *(Message(UNREADABLE, headers=stated) for stated in ODD_HEADERS),
        *(Message(UNREADABLE, headers={**headers(), **stated}) for stated in ODD_HEADERS),
        *(Message(UNREADABLE, **stated) for stated in ODD_PROPERTIES),
    ]
    assert len(odd) > PREFETCH
    await publish(broker.url, broker.inbox, *odd)
    await say(broker, LightLamp(name="hall"))
    await until(lambda: has(database, "hall"))
    await until(lambda: parked(client, len(odd)))

    seen = (await client.get("/operations/parked", params={"limit": 500})).raise_for_status().json()
    assert [item["reason"] for item in seen["items"]] == ["rejected"] * len(odd)
    assert all(item["since"] for item in seen["items"])
    put_back = (await client.post("/operations/parked/redrive")).raise_for_status().json()
    assert (put_back["redriven"], put_back["left"]) == (len(odd), 0)
    await say(broker, LightLamp(name="stairs"))
    await until(lambda: has(database, "stairs"))
    await until(lambda: parked(client, len(odd)))

    ids = sorted({item["id"] for item in (await client.get("/operations/parked", params={"limit": 500})).json()["items"]})
    thrown_away = (await client.post("/operations/parked/discard", json={"ids": ids, "reason": "unreadable"})).raise_for_status().json()
    assert thrown_away == {"discarded": len(odd), "not_found": []}
    assert (await client.get("/readyz")).status_code == 200


async def test_odd_messages_that_somebody_put_among_the_dead_letters_are_listed_and_put_back(
    settings: Settings, broker: Broker, serve: Serve
) -> None:
    client = await serve(build(settings))
    odd = [*(Message(UNREADABLE, headers=stated) for stated in ODD_HEADERS), *(Message(UNREADABLE, **stated) for stated in ODD_PROPERTIES)]
    await publish(broker.url, broker.parked, *odd)
    await until(lambda: parked(client, len(odd)))
    assert len((await client.get("/operations/parked", params={"limit": 500})).raise_for_status().json()["items"]) == len(odd)
    assert (await client.post("/operations/parked/redrive")).raise_for_status().json()["redriven"] == len(odd)
    await until(lambda: parked(client, len(odd)))


async def test_a_message_with_further_routing_keys_is_put_back_into_its_own_inbox_alone(
    settings: Settings, broker: Broker, serve: Serve
) -> None:
    client = await serve(build(settings))
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        other = await channel.declare_queue(exclusive=True)
        await other.bind(PARKED, "other")
        await publish(broker.url, broker.parked, Message(UNREADABLE, headers={"CC": ["other"]}))
        await until(lambda: parked(client, 1))
        await client.post("/operations/parked/redrive")
        await until(lambda: parked(client, 1))
        assert await other.get(fail=False) is None


async def test_nobody_is_answered_who_wants_an_answer_to_a_message(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    await serve(build(settings))
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        answers = await channel.declare_queue(exclusive=True)
        for name in ("hall", "stairs"):
            body = LightLamp(name=name).model_dump_json().encode()
            await publish(broker.url, broker.inbox, Message(body, headers=headers(), reply_to=answers.name))
            await until(lambda name=name: has(database, name))
        assert await answers.get(fail=False) is None


async def test_a_message_that_is_delivered_again_and_again_and_never_finished_is_parked_before_it_is_handled(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    handled: list[str] = []

    async def light(messages: Sequence[LightLamp], tx: Transaction) -> None:
        handled.extend(message.name for message in messages)
        await HANDLERS[LightLamp](messages, tx)

    client = await serve(service(settings, handlers={LightLamp: light}).app())
    body = LightLamp(name="deadly").model_dump_json().encode()
    await publish(broker.url, broker.inbox, Message(body, headers={**headers(), "x-delivery-count": MOST_DELIVERIES}))
    await say(broker, LightLamp(name="hall"))
    await until(lambda: has(database, "hall"))
    await until(lambda: parked(client, 1))
    [item] = (await client.get("/operations/parked")).json()["items"]
    assert (item["reason"], handled) == ("delivery_limit", ["hall"])


async def test_dead_letters_are_parked_once_their_queue_is_there_again(settings: Settings, broker: Broker, serve: Serve) -> None:
    client = await serve(build(settings))
    async with await connect(broker.url) as connection:
        await (await connection.channel()).queue_delete(broker.parked)
    odd = [Message(UNREADABLE, headers=headers(), message_id="twice") for _ in range(SOME)]
    await publish(broker.url, broker.inbox, *odd)
    await until(lambda: parked(client, SOME), within=180)
    assert (await client.get("/operations")).json()["inbox"]["unacknowledged"] == 0


async def test_a_dead_letter_is_parked_though_the_connection_is_lost_while_it_is_published(
    settings: Settings, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    park, lost = Broker.park, list[Message]()

    async def park_again(to: Broker, letter: Message) -> None:
        if not lost:
            lost.append(letter)
            raise asyncio.CancelledError  # as aio-pika ends what waits for a confirm
        await park(to, letter)

    monkeypatch.setattr(Broker, "park", park_again)
    client = await serve(build(settings))
    await publish(broker.url, broker.inbox, Message(UNREADABLE, headers=headers()))
    await until(lambda: parked(client, 1))
    assert len(lost) == 1


async def test_dead_letters_of_an_inbox_that_an_earlier_release_declared_are_parked_while_the_broker_parks_nothing(
    toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve
) -> None:
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    async with await connect(mortal_rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        earlier = inbox_arguments(PARKED, "toy.parked", dead_lettering=True)
        await channel.declare_queue("toy.inbox", durable=True, arguments=earlier)
        await let_a_forged_message_expire(channel)
    client = await serve(build(settings))
    await publish(mortal_rabbitmq.admin_url, "toy.inbox", Message(UNREADABLE, headers=headers()))
    await until(lambda: parked(client, 1))


async def test_no_message_stops_the_dead_lettering_of_other_queues(toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve) -> None:
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    away = Broker(settings, HANDLERS)
    await away.connect()
    await away.close()
    async with await connect(mortal_rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        await let_a_forged_message_expire(channel)
        others = inbox_arguments(PARKED, "toy.parked", dead_lettering=True)
        other = await channel.declare_queue("other.inbox", durable=True, arguments=others)
        await channel.default_exchange.publish(Message(UNREADABLE, headers=headers()), other.name)
        await (await other.get()).reject(requeue=False)
    client = await serve(build(settings))
    await until(lambda: parked(client, 1))


async def let_a_forged_message_expire(channel: AbstractChannel) -> None:
    """Put a message into the inbox that has expired before anybody consumes it."""
    forged = Message(UNREADABLE, headers={"x-death": ["junk"]}, expiration=0.05, delivery_mode=DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(forged, "toy.inbox")

    async def is_gone() -> bool:
        return (await channel.declare_queue("toy.inbox", passive=True)).declaration_result.message_count == 0

    await until(is_gone)


def headers() -> HeadersType:
    """Write the headers of a message that lights a lamp."""
    return dict(Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST).headers())


async def publish(url: str, queue: str, *messages: Message) -> None:
    async with await connect(url) as connection:
        channel = await connection.channel()
        for message in messages:
            await channel.default_exchange.publish(message, queue)


async def parked(client: AsyncClient, count: int) -> bool:
    return (await client.get("/operations")).json()["parked_messages"] == count


async def has(database: Database, name: str) -> bool:
    return name in await names(database)
