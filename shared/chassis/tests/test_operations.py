"""Operators see how a service is and what waits in it, and decide what becomes of parked messages; none is lost or acts twice."""

import asyncio
import os
import signal
import sys
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aio_pika import Channel, connect
from aio_pika import Message as DeadLetter
from aio_pika.abc import AbstractQueue
from chassis.amqp.properties import ATTEMPTS
from chassis.data.database import Database, ReadSession, Transaction
from chassis.messaging.broker import PARKED, Broker
from chassis.operations import dead_letters, health
from chassis.settings import Role
from contracts.envelope import PREFIX, Envelope
from contracts.message import COMMANDS
from contracts.types import EARLIEST, new_id
from httpx import AsyncClient
from pydantic import SecretStr
from servers import RabbitMQ
from testing import Serve, until
from toy import LightLamp, NobodyListens, Settings, light_lamps, service
from watching import listening, metric, names, outbox_size, say

SOME = 12
MANY = 300
"""More acknowledgements one by one than the broker passes on to a queue at once."""
STEADY_S = 1.0
SHORT_LEASE_S = 6
PATIENCE_S = 120.0
DIE_S = 240
KILLED_WHILE_PUTTING_BACK = """
import asyncio, os, signal
from chassis.messaging.broker import Broker
from chassis.operations.dead_letters import Lease, lease
from toy import HANDLERS, Settings

drop, steps = Lease.drop, []

async def drop_once(taken, dead_letters):
    if steps:
        os.kill(os.getpid(), signal.SIGKILL)
    steps.append(dead_letters)
    await drop(taken, dead_letters)

async def redrive():
    Lease.drop = drop_once
    async with lease(Broker(Settings(), HANDLERS)) as taken:
        await taken.redrive(taken.dead_letters)

asyncio.run(redrive())
"""
"""A process that puts parked messages back and is killed when the inbox has those of its second step."""


class Lamps:
    """A way to light lamps that fails until its cause is mended."""

    broken = True

    async def light(self, messages: Sequence[LightLamp], tx: Transaction) -> None:
        """Light them, or fail."""
        if self.broken:
            raise ZeroDivisionError
        await light_lamps(messages, tx)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a redrive take as long as it does on a busy machine."""
    monkeypatch.setattr(dead_letters, "LAST_STEP_S", PATIENCE_S)


@pytest.fixture
def lamps() -> Lamps:
    return Lamps()


@pytest.fixture
async def client(settings: Settings, lamps: Lamps, serve: Serve) -> AsyncClient:
    """Run a toy that cannot light lamps yet."""
    return await serve(service(settings, handlers={LightLamp: lamps.light}).app())


async def see(client: AsyncClient, **params: int | str) -> dict[str, Any]:
    answer = await client.get("/operations/parked", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(client: AsyncClient, what: str, **body: object) -> dict[str, Any]:
    answer = await client.post(f"/operations/parked/{what}", json=body or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def stated(seen: dict[str, Any]) -> list[str]:
    return [item["body"]["name"] for item in seen["items"]]


async def park(client: AsyncClient, broker: Broker, *lamps: str) -> None:
    for name in lamps:
        await say(broker, LightLamp(name=name))
    await until(lambda: are_parked(client, len(lamps)))


async def test_operators_see_how_a_service_is(client: AsyncClient) -> None:
    seen = (await client.get("/operations")).json()
    assert (seen["service"], seen["release"], seen["role"], seen["is_ready"]) == ("toy", "development", "all", True)
    assert seen["checks"] == [{"part": part, "answers": True, "reason": None} for part in ("database", "broker", "outbox", "consumers")]
    assert seen["outbox"] == {"waiting": 0, "oldest_seconds": 0.0, "parked": 0}
    nothing = {"unacknowledged": 0, "unacknowledged_for_long": 0, "oldest_unacknowledged_seconds": 0.0}
    assert (seen["inbox"], seen["parked_messages"]) == ({"messages": 0, "consumers": 1, **nothing}, 0)
    assert seen["uptime_seconds"] >= 0


async def test_a_long_count_keeps_nobody_waiting_who_reads_the_metrics(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MEASURE_EVERY_S", 0.0)
    begun: list[int] = []
    ended: list[int] = []
    may_end = asyncio.Event()

    async def count(db: ReadSession) -> None:
        """Count at once the first time, and later as long as the test wants."""
        del db
        begun.append(1)
        try:
            if len(begun) > 1:
                await may_end.wait()
        finally:
            ended.append(1)

    async def begins_again() -> bool:
        return len(begun) > 1

    client = await serve(service(settings, gauges=count).app())
    for _ in range(2):
        assert (await client.get("/metrics")).status_code == 200
    await until(begins_again)
    assert (len(begun), len(ended)) == (2, 1)
    may_end.set()


async def test_parked_messages_can_be_looked_at_again_and_again_and_keep_their_order(client: AsyncClient, broker: Broker) -> None:
    wanted = [f"lamp {number}" for number in range(SOME)]
    await park(client, broker, *wanted)
    for limit in (5, SOME, 7):
        seen = await see(client, limit=limit)
        assert (stated(seen), seen["in_queue"]) == (wanted[:limit], SOME)
    [first] = (await see(client, limit=1))["items"]
    assert (first["type"], first["where"], first["reason"], first["attempts"]) == (LightLamp.type, "inbox", "rejected", 1)
    assert "It can be read" in first["explanation"]
    assert first["since"]
    assert (await client.get("/operations")).json()["parked_messages"] == SOME


async def test_a_list_of_long_messages_shows_how_each_begins_and_each_is_shown_whole_by_its_id(
    client: AsyncClient, broker: Broker, database: Database
) -> None:
    async with database.transaction() as tx:
        unroutable = tx.send(NobodyListens(position=1))
    await park(client, broker, *(f"{position:02} {'x' * 60_000}" for position in range(40)))

    async def is_unroutable() -> bool:
        return (await client.get("/operations")).json()["outbox"]["parked"] == 1

    await until(is_unroutable)
    listed = await client.get("/operations/parked", params={"limit": 500})
    assert len(listed.content) < 1_200_000
    *long, short = listed.json()["items"]
    assert [(item["truncated"], item["body"], item["text"][:11]) for item in long] == [
        (True, None, f'{{"name":"{position:02}') for position in range(40)
    ]
    assert (short["truncated"], short["body"]) == (False, {"position": 1})
    [whole] = (await see(client, id=long[-1]["id"]))["items"]
    assert (whole["id"], whole["truncated"], len(whole["body"]["name"])) == (long[-1]["id"], False, 60_003)
    assert (await see(client, id=str(unroutable)))["items"] == [short]
    assert (await see(client, id="nothing"))["items"] == []


async def test_messages_act_once_and_in_order_when_the_cause_is_gone(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database
) -> None:
    wanted = [f"lamp {number}" for number in range(SOME)]
    await park(client, broker, *wanted)
    lamps.broken = False
    assert await ask(client, "redrive") == {"redriven": SOME, "tried_again": 0, "not_found": [], "left": 0}
    await until(lambda: have_lit(database, SOME))
    assert await names(database) == wanted
    assert await ask(client, "redrive") == {"redriven": 0, "tried_again": 0, "not_found": [], "left": 0}


async def test_a_message_that_is_put_back_in_vain_is_parked_again_and_counted(client: AsyncClient, broker: Broker) -> None:
    await park(client, broker, "hall")
    await ask(client, "redrive")

    async def twice() -> bool:
        return [item["attempts"] for item in (await see(client))["items"]] == [2]

    await until(twice)


async def test_as_many_messages_are_gone_as_are_said_to_be_discarded(client: AsyncClient, broker: Broker) -> None:
    for kept in (0, 2, 0, 2):
        await park_at_once(broker, [LightLamp(name=f"lamp {number}") for number in range(MANY)])
        await until(lambda: are_parked(client, MANY))
        ids = [item["id"] for item in (await see(client, limit=MANY))["items"]]
        unwanted = [each for position, each in enumerate(ids) if not kept or position % kept]
        assert await ask(client, "discard", ids=unwanted, reason="obsolete") == {"discarded": len(unwanted), "not_found": []}
        assert await steadily_parked(broker) == MANY - len(unwanted)
        if len(unwanted) < MANY:
            left = [item["id"] for item in (await see(client, limit=MANY))["items"]]
            assert left == [each for each in ids if each not in unwanted]
            assert (await ask(client, "discard", ids=left, reason="obsolete"))["discarded"] == len(left)


async def test_as_many_messages_have_left_as_are_said_to_be_put_back(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database
) -> None:
    lamps.broken = False
    await park_at_once(broker, [LightLamp(name=f"lamp {number}") for number in range(MANY)])
    await until(lambda: are_parked(client, MANY))
    assert await ask(client, "redrive") == {"redriven": MANY, "tried_again": 0, "not_found": [], "left": 0}
    assert await steadily_parked(broker) == 0
    await until(lambda: have_lit(database, MANY))


async def test_a_redrive_that_takes_long_answers_after_a_step_and_says_how_many_are_left(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LAST_STEP_S", 0.0)
    lamps.broken = False
    await park_at_once(broker, [LightLamp(name=f"lamp {number}") for number in range(MANY)])
    await until(lambda: are_parked(client, MANY))
    ids, nowhere = [item["id"] for item in (await see(client, limit=MANY))["items"]], str(new_id())
    left = MANY - dead_letters.STEP
    assert await ask(client, "redrive", ids=[*ids, nowhere]) == {
        "redriven": dead_letters.STEP,
        "tried_again": 0,
        "not_found": [nowhere],
        "left": left,
    }
    assert [item["id"] for item in (await see(client, limit=MANY))["items"]] == ids[dead_letters.STEP :]
    await until(lambda: have_lit(database, dead_letters.STEP))
    assert (await ask(client, "redrive", limit=1))["left"] == left - 1


async def test_each_step_of_a_redrive_has_the_time_of_a_lease(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = dead_letters.Lease.drop

    async def slowly(taken: dead_letters.Lease, some: Sequence[dead_letters.DeadLetter]) -> None:
        await asyncio.sleep(SHORT_LEASE_S / 4)
        await drop(taken, some)

    lamps.broken = False
    monkeypatch.setattr(dead_letters, "LEASE_S", SHORT_LEASE_S)
    monkeypatch.setattr(dead_letters, "STEP", MANY // 6)
    monkeypatch.setattr(dead_letters.Lease, "drop", slowly)
    await park_at_once(broker, [LightLamp(name=f"lamp {number}") for number in range(MANY)])
    await until(lambda: are_parked(client, MANY))
    assert await ask(client, "redrive") == {"redriven": MANY, "tried_again": 0, "not_found": [], "left": 0}
    await until(lambda: have_lit(database, MANY))


async def test_only_the_messages_that_are_named_are_put_back(client: AsyncClient, lamps: Lamps, broker: Broker, database: Database) -> None:
    await park(client, broker, "hall", "stairs", "attic")
    ids = [item["id"] for item in (await see(client))["items"]]
    lamps.broken = False
    nowhere = str(new_id())
    answer = await ask(client, "redrive", ids=[ids[1], nowhere, "no id"])
    assert answer == {"redriven": 1, "tried_again": 0, "not_found": [nowhere, "no id"], "left": 2}
    await until(lambda: have_lit(database, 1))
    assert (await names(database), stated(await see(client))) == (["stairs"], ["hall", "attic"])


async def test_a_message_that_came_twice_from_the_parked_queue_acts_once(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database
) -> None:
    await say(broker, LightLamp(name="hall"), times=2)
    await until(lambda: are_parked(client, 2))
    lamps.broken = False
    assert (await ask(client, "redrive"))["redriven"] == 1
    await say(broker, LightLamp(name="stairs"))
    await until(lambda: have_lit(database, 2))
    assert await names(database) == ["hall", "stairs"]


async def test_a_redrive_that_dies_in_the_middle_loses_nothing_and_doubles_nothing(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(_: dead_letters.Lease, __: Sequence[dead_letters.DeadLetter]) -> None:
        raise ZeroDivisionError

    await park(client, broker, "hall")
    lamps.broken = False
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters.Lease, "drop", die)
        assert (await client.post("/operations/parked/redrive")).status_code == 500
    await until(lambda: have_lit(database, 1))
    await until(lambda: are_parked(client, 1))
    assert (await ask(client, "redrive"))["redriven"] == 1
    await say(broker, LightLamp(name="stairs"))
    await until(lambda: have_lit(database, 2))
    assert await names(database) == ["hall", "stairs"]


async def test_a_process_that_is_killed_while_it_puts_many_back_loses_none_and_doubles_none(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database, settings: Settings
) -> None:
    wanted = sorted(f"lamp {number}" for number in range(MANY))
    lamps.broken = False
    await park_at_once(broker, [LightLamp(name=name) for name in wanted])
    await until(lambda: are_parked(client, MANY))
    await die_while_putting_back(settings)
    left = MANY - dead_letters.STEP
    await until(lambda: are_parked(client, left))
    await until(lambda: have_lit(database, 2 * dead_letters.STEP))
    assert await ask(client, "redrive") == {"redriven": left, "tried_again": 0, "not_found": [], "left": 0}
    await until(lambda: have_lit(database, MANY))
    await say(broker, LightLamp(name="stairs"))
    await until(lambda: have_lit(database, MANY + 1))
    assert sorted(await names(database)) == [*wanted, "stairs"]


async def test_messages_that_a_killed_process_put_back_in_vain_are_parked_once_from_the_next_look_on(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database, settings: Settings
) -> None:
    wanted = sorted(f"lamp {number}" for number in range(MANY))
    await park_at_once(broker, [LightLamp(name=name) for name in wanted])
    await until(lambda: are_parked(client, MANY))
    await die_while_putting_back(settings)
    await until(lambda: are_parked(client, MANY + dead_letters.STEP), within=DIE_S)
    seen = await see(client, limit=MANY)
    assert (sorted(stated(seen)), seen["in_queue"]) == (wanted, MANY)
    assert sorted(item["attempts"] for item in seen["items"]) == [1] * (MANY - 2 * dead_letters.STEP) + [2] * 2 * dead_letters.STEP
    assert await steadily_parked(broker) == MANY
    lamps.broken = False
    assert (await ask(client, "redrive"))["redriven"] == MANY
    await until(lambda: have_lit(database, MANY))


async def test_messages_of_one_id_and_different_contents_are_all_kept(client: AsyncClient, broker: Broker) -> None:
    event_id = new_id()
    await park_at_once(broker, [LightLamp(name=name) for name in ("hall", "hall", "stairs")], event_id)
    await until(lambda: are_parked(client, 3))
    seen = await see(client)
    assert (sorted(stated(seen)), seen["in_queue"]) == (["hall", "stairs"], 2)


async def test_what_the_inbox_does_not_take_stays_parked(client: AsyncClient, broker: Broker) -> None:
    await park(client, broker, "hall", "stairs")
    async with await connect(broker.url) as connection:
        inbox = await (await connection.channel()).get_queue(broker.inbox, ensure=False)
        await inbox.unbind(PARKED, broker.inbox)
    refused = await client.post("/operations/parked/redrive")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/inbox-refuses")
    await until(lambda: are_parked(client, 2))
    assert stated(await see(client)) == ["hall", "stairs"]


async def test_messages_of_one_id_stay_parked_when_the_inbox_takes_none_of_them(client: AsyncClient, broker: Broker) -> None:
    contents = [f"lamp {number}" for number in range(SOME)]
    await park_at_once(broker, [LightLamp(name=name) for name in contents], new_id())
    await until(lambda: are_parked(client, SOME))
    async with await connect(broker.url) as connection:
        inbox = await (await connection.channel()).get_queue(broker.inbox, ensure=False)
        await inbox.unbind(PARKED, broker.inbox)
    refused = await client.post("/operations/parked/redrive")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/inbox-refuses")
    await until(lambda: are_parked(client, SOME))
    assert sorted(stated(await see(client))) == sorted(contents)


async def test_what_cannot_be_read_is_explained_and_thrown_away_without_a_word_about_its_content(
    client: AsyncClient, broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    envelope = Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST)
    await broker.publish(COMMANDS, envelope, b'{"name": "Jonas", "position": "first"}')
    await broker.publish(COMMANDS, envelope, b"{Jonas")
    await until(lambda: are_parked(client, 2))
    seen = (await see(client))["items"]
    assert [item["body"] for item in seen if item["body"]] == [{"name": "Jonas", "position": "first"}]
    assert sorted(item["explanation"] for item in seen) == [
        "Its body is not one of LightLamp. body: This is not JSON: key must be a string at line 1 column 2.",
        "Its body is not one of LightLamp. position: Enter a whole number, such as 3.",
    ]
    assert [item["text"] for item in seen if item["text"]] == ["{Jonas"]
    refused = await client.post("/operations/parked/discard", json={"ids": [seen[0]["id"]], "reason": "because Jonas said so"})
    assert refused.status_code == 422
    assert await ask(client, "discard", ids=[seen[0]["id"]], reason="unreadable") == {"discarded": 2, "not_found": []}
    assert (await see(client))["items"] == []
    logged = [line for line in capsys.readouterr().out.splitlines() if "discarded" in line]
    assert all(str(envelope.id) in line and "reason=unreadable" in line for line in logged)
    assert len(logged) == 2
    assert "Jonas" not in "".join(logged)


async def test_what_could_not_be_read_when_it_was_parked_is_explained_so_though_it_can_be_read_without_those_headers(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database
) -> None:
    odd: list[dict[str, Any]] = [
        *({"x-delivery-count": count} for count in ("abc", [1], {"a": 1})),
        *({f"{PREFIX}{name}": value} for name in ("specversion", "sequence") for value in ([1], {"a": 1})),
    ]
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        for stated in odd:
            headers = {**Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST).headers(), **stated}
            await channel.default_exchange.publish(DeadLetter(b'{"name": "hall"}', headers=headers), broker.inbox)
    await until(lambda: are_parked(client, len(odd)))
    explanations = [item["explanation"] for item in (await see(client))["items"]]
    assert not [each for each in explanations if "handling it failed" in each]
    assert (
        sum("It could not be read when it was parked: the header x-delivery-count is not a number." in each for each in explanations) == 3
    )
    lamps.broken = False
    await ask(client, "redrive")
    await until(lambda: have_lit(database, len(odd)))


async def test_parked_messages_with_odd_headers_and_values_are_listed_and_thrown_away_like_others(
    client: AsyncClient, broker: Broker
) -> None:
    many = "9" * 5_000
    odd: list[tuple[bytes, dict[str, Any]]] = [
        *((b"{}", {ATTEMPTS: attempts}) for attempts in (many, "\u0665", -1, {"a": 1}, None)),
        *((b"{}", {"x-delivery-count": count}) for count in (many, -1, 1.5, {"a": 1})),
        *((b"{}", {f"{PREFIX}{name}": value}) for name in ("id", "type", "time") for value in (many, 7, {"a": 1}, None)),
        *(
            (body, {"long": "h" * 100_000} if body == b"\x00" else {})
            for body in (b'{"a":1e999}', b'{"a":%s}' % many.encode(), b'{"a":NaN}', b"[" * 10_000, b'"\\ud800"', b"\x00", b"\xff\x00")
        ),
    ]
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        for body, headers in odd:
            await channel.default_exchange.publish(DeadLetter(body, headers=headers), broker.inbox)
    await until(lambda: are_parked(client, len(odd)))
    seen = await see(client)
    assert len(seen["items"]) == len(odd)
    assert "[" * 10_000 in [item["text"] for item in seen["items"]]
    assert [b64decode(item["base64"]) for item in seen["items"] if item["base64"]] == [b"\xff\x00"]
    ids = sorted({item["id"] for item in seen["items"]})
    assert (await ask(client, "redrive", ids=ids[:1]))["not_found"] == []
    await until(lambda: are_parked(client, len(odd)))
    assert (await ask(client, "discard", ids=ids, reason="unreadable"))["not_found"] == []
    await until(lambda: are_parked(client, 0))


async def test_a_message_without_an_id_has_one_that_stays(client: AsyncClient, broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(DeadLetter(b"{", headers={"lamp": "hall"}, message_id="hall"), broker.inbox)
    await until(lambda: are_parked(client, 1))
    first, second = [(await see(client))["items"][0]["id"] for _ in range(2)]
    assert first == second
    assert f"message_id={first} " in capsys.readouterr().out
    assert first.startswith("sha256-")
    assert (await ask(client, "discard", ids=[first], reason="foreign"))["discarded"] == 1


async def test_a_command_that_nobody_takes_is_seen_and_tried_again_or_thrown_away(client: AsyncClient, database: Database) -> None:
    async with database.transaction() as tx:
        kept, dropped = tx.send(NobodyListens(position=1)), tx.send(NobodyListens(position=2))

    async def unroutable() -> bool:
        return (await client.get("/operations")).json()["outbox"]["parked"] == 2

    await until(unroutable)
    seen = await see(client)
    assert [(item["id"], item["where"], item["reason"]) for item in seen["items"]] == [
        (str(kept), "outbox", "undeliverable"),
        (str(dropped), "outbox", "undeliverable"),
    ]
    assert (seen["in_queue"], seen["in_outbox"]) == (0, 2)
    assert (await ask(client, "discard", ids=[str(dropped)], reason="obsolete"))["discarded"] == 1
    assert await outbox_size(database) == 1


async def test_a_command_is_tried_again_at_once_when_somebody_takes_it(
    client: AsyncClient, broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.outbox.POSTPONED_S", 1_000)
    async with database.transaction() as tx:
        tx.send(NobodyListens(position=7))

    async def unroutable() -> bool:
        return (await client.get("/operations")).json()["outbox"]["parked"] == 1

    await until(unroutable)
    async with listening(broker.url, COMMANDS, NobodyListens.type) as owner:
        assert (await ask(client, "redrive"))["tried_again"] == 1
        await until(lambda: owner.at_least(1))


async def test_many_who_look_and_put_back_at_once_lose_nothing(
    client: AsyncClient, lamps: Lamps, broker: Broker, database: Database
) -> None:
    wanted = [f"lamp {number}" for number in range(SOME)]
    await park(client, broker, *wanted)
    lamps.broken = False
    seen = await asyncio.gather(*(see(client) for _ in range(3)), ask(client, "redrive", limit=5), ask(client, "redrive", limit=5))
    assert sum(answer["redriven"] for answer in seen[3:]) == 10
    assert all(stated(answer) == wanted[SOME - answer["in_queue"] :] for answer in seen[:3])
    await ask(client, "redrive")
    await until(lambda: have_lit(database, SOME))
    assert sorted(await names(database)) == sorted(wanted)


async def test_somebody_who_does_not_let_go_of_the_messages_is_named(
    client: AsyncClient, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LOCK_S", 0.1)
    await park(client, broker, "hall")
    async with dead_letters.lease(broker) as taken:
        refused = await client.get("/operations/parked")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/parked-messages-leased")
        assert len(taken.dead_letters) == 1
    assert stated(await see(client)) == ["hall"]


async def test_whoever_waits_for_the_messages_asks_for_them_ever_more_rarely(
    client: AsyncClient, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LOCK_S", 1.0)
    await park(client, broker, "hall")
    declare, tries = Channel.declare_queue, list[str]()

    async def counted(channel: Channel, name: str | None = None, **stated: Any) -> AbstractQueue:
        if stated.get("exclusive"):
            tries.append(str(name))
        return await declare(channel, name, **stated)

    async with dead_letters.lease(broker):
        monkeypatch.setattr(Channel, "declare_queue", counted)
        assert (await client.get("/operations/parked")).status_code == 409
    assert 3 <= len(tries) <= 8


async def test_parked_messages_that_somebody_looks_at_are_counted_all_the_same(
    client: AsyncClient, broker: Broker, settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    await park(client, broker, "hall", "stairs")
    assert await metric(client, "holdfast_parked_messages") == 2
    other = await serve(service(settings.model_copy(update={"role": Role.API})).app(), ready=False)
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "COUNT_S", 0)
        async with dead_letters.lease(broker):
            assert (await client.get("/operations")).json()["parked_messages"] == 2
            assert await metric(client, "holdfast_parked_messages") == 2
            assert (await other.get("/operations")).json()["parked_messages"] is None, "it has not counted them yet"
    assert await until(lambda: are_parked(other, 2))


async def test_every_count_is_right_while_many_processes_look_and_count(
    client: AsyncClient, broker: Broker, settings: Settings, serve: Serve
) -> None:
    await park(client, broker, "hall", "stairs")
    other = await serve(service(settings.model_copy(update={"role": Role.API})).app())
    counts = [(await each.get("/operations")).json()["parked_messages"] for each in (client, other)]

    async def look() -> None:
        for _ in range(5):
            await see(client)

    looking = asyncio.create_task(look())
    while not looking.done():
        answers = await asyncio.gather(client.get("/operations"), other.get("/operations"))
        counts += [answer.json()["parked_messages"] for answer in answers]
    await looking
    assert set(counts) == {2}


async def test_a_broker_that_is_away_is_named_and_the_rest_is_still_seen(
    toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve
) -> None:
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url), role=Role.ALL)
    client = await serve(service(settings).app())
    await asyncio.to_thread(mortal_rabbitmq.kill)

    async def away() -> dict[str, Any] | None:
        seen = (await client.get("/operations")).json()
        return None if seen["is_ready"] else seen

    seen = await until(away)
    assert (seen["inbox"], seen["parked_messages"], seen["outbox"]["waiting"]) == (None, None, 0)
    reasons = {check["part"]: check["reason"] for check in seen["checks"]}
    assert reasons["database"] is None
    assert reasons["broker"]
    for refused in (await client.get("/operations/parked"), await client.post("/operations/parked/redrive")):
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/broker-away")
        assert refused.headers["retry-after"]


async def are_parked(client: AsyncClient, count: int) -> bool:
    return (await client.get("/operations")).json()["parked_messages"] == count


async def have_lit(database: Database, count: int) -> bool:
    return len(await names(database)) == count


async def die_while_putting_back(settings: Settings) -> None:
    """Let another process put parked messages back and be killed in the middle."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED_WHILE_PUTTING_BACK),
        cwd=Path(__file__).parent,
        env={
            **os.environ,
            "HOLDFAST_DATABASE_URL": settings.database_url.get_secret_value(),
            "HOLDFAST_BROKER_URL": settings.broker_url.get_secret_value(),
        },
    )
    assert await asyncio.wait_for(process.wait(), DIE_S) == -signal.SIGKILL


async def park_at_once(broker: Broker, messages: Sequence[LightLamp], event_id: UUID | None = None) -> None:
    """Put messages into the parked queue without the inbox in between."""
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        for message in messages:
            headers = Envelope(id=event_id or new_id(), type=message.type, source="/test", time=EARLIEST).headers()
            body = message.model_dump_json().encode()
            dead_letter = DeadLetter(body, headers=dict(headers), message_id=headers[f"{PREFIX}id"], type=message.type)
            await channel.default_exchange.publish(dead_letter, broker.parked)


async def steadily_parked(broker: Broker) -> int:
    """Return how many messages are in the parked queue once that has not changed for a while."""
    async with asyncio.timeout(120), await connect(broker.url) as connection:
        channel = await connection.channel()
        loop = asyncio.get_running_loop()
        before, since = -1, loop.time()
        while loop.time() < since + STEADY_S:
            found = (await channel.declare_queue(broker.parked, passive=True)).declaration_result.message_count or 0
            if found != before:
                before, since = found, loop.time()
            await asyncio.sleep(STEADY_S / 20)
        return before
