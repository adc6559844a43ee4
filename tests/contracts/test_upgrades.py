"""Every revision goes up with rows in every table, and back where it can; where it cannot, it is refused with the reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import pytest
from chassis.data import migrations
from sqlalchemy.exc import DBAPIError
from support.revisions import Revisions
from support.rows import Values, content, differences, write_rows
from support.schema import different, inventory
from testing import until
from testing.databases import Databases

SOON_S: Final = 90
SUBJECT: Final = "00000000-0000-0000-0000-00000000abcd"


@dataclass(frozen=True)
class Chain:
    """What the rows of a service are, and what its revisions do to them on purpose; everything else must stay as it was written."""

    values: Values = field(default_factory=dict[str, Any])
    changes: Mapping[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By revision the columns that its upgrade writes anew in rows that are there, and as ``- table`` those that it deletes rows of."""
    holds: Mapping[str, str] = field(default_factory=dict[str, str])
    """By revision a condition that its upgrade makes true for the rows that are there."""
    refused: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict[str, Sequence[tuple[str, str]]])
    """By revision whose downgrade is refused, each time: the words, and the statements that remove what is in the way."""
    undone: Mapping[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By revision the columns that its downgrade writes anew."""


CLAIMED: Final = {"client": {"diagnoses": ["F32.1"]}}
WITHHELD: Final = [{"reason": "WO", "reference": "recoupment", "amount": "5.00"}]
LEDGER: Final = "ALTER TABLE ledger_entry {0} TRIGGER append_only; ALTER TABLE ledger_transaction {0} TRIGGER append_only"
WITHOUT_RECORD: Final = "DELETE FROM ledger_entry WHERE record_id IS NULL; DELETE FROM ledger_transaction WHERE record_id IS NULL"
WITHOUT_PAYERS: Final = (
    "UPDATE record SET coverage_id = NULL, payer_id = NULL; TRUNCATE discount, fee; DELETE FROM coverage; DELETE FROM payer"
)
BY_VIDEO: Final = {"telehealth": True, "modality": "video", "client_location": "home", "payment_status": "pending", "revision": 1}
THE_SAME: Final = {"session_id": ("record", "session_id"), "client_id": ("record", "client_id")}
CORRECTION: Final = {
    "since": "0003",
    **THE_SAME,
    "revision": 2,
    "payment_status": "voided",
    "modality": "in_person",
    "client_location": None,
}
IN_PERSON_OR_VIDEO: Final = {"telehealth": True, "modality": "video", "booked_modality": "in_person", "client_location": "home"}

CHAINS: Final = {
    "catalog": Chain(refused={"0001": [("rows of service", "DELETE FROM rate; DELETE FROM service")]}),
    "rooms": Chain(
        values={
            "room": [{"equipment": ["hoist"]}],
            "hold": [{"status": "held", "site_id": ("site", "id")}],
            "special_day": [{"closed": "{[2030-01-01,2040-01-01)}"}],
        },
        holds={
            "0003": "count(*) FILTER (WHERE outside_hours) = 1 FROM hold",
            "0006": "NOT bool_or(over_sessions) FROM block",
        },
        refused={
            "0003": [("special day", "DELETE FROM special_day")],
            "0002": [("rows of replan", "DELETE FROM replan")],
            "0001": [("rows of hold", "DELETE FROM hold; DELETE FROM block; DELETE FROM room; DELETE FROM site")],
        },
    ),
    "scheduling": Chain(
        values={
            "idempotency": [
                {"scope": f"POST /sessions/{SUBJECT}/complete", "answer": "done"},
                {"scope": "POST /offers", "answer": "done"},
            ],
            "session": [IN_PERSON_OR_VIDEO],
            "waitlist_entry": [{"modality": "video"}],
            "policy_revision": [],
        },
        changes={
            "0002": {"room_replica.version", "site_replica.version"},
            "0005": {"idempotency.answer", "- idempotency"},
            "0011": {"session.modality", "session.booked_modality"},
        },
        holds={
            "0005": f"bool_and(answer = '\"{SUBJECT}\"') FROM idempotency",
            "0011": "bool_and((modality = 'video' AND booked_modality = 'in_person') = telehealth) AND bool_or(telehealth) FROM session",
        },
        refused={
            "0003": [("rows of policy", "TRUNCATE policy, travel_time, override; TRUNCATE waitlist_entry CASCADE")],
            "0002": [("rows of series", "DELETE FROM series; DELETE FROM time_off")],
            "0001": [("rows of session", "DELETE FROM session; DELETE FROM client; DELETE FROM therapist")],
        },
    ),
    "billing": Chain(
        values={
            "record": [BY_VIDEO, CORRECTION],
            "fee": [{}, {"since": "0029", "effective_from": "2020-01-02", "effective_to": "2020-01-01"}],
            "ledger_transaction": [{"remittance_id": None}],
            "ledger_entry": [{"account": "cash", "amount": 10}, {"account": "patient_ar", "amount": -10}],
            "claim": [{"frequency": "1", "status": "submitted", "facts": CLAIMED}],
            "remittance": [{"status": "posted", "provider_adjustments": WITHHELD}],
        },
        holds={
            "0012": "sum(amount) = 0 AND count(*) FILTER (WHERE record_id IS NULL) > 0 FROM ledger_entry",
            "0018": "count(*) FILTER (WHERE diagnoses = '[\"F32.1\"]') = (SELECT count(*) FROM claim) FROM record",
            "0021": "count(*) FILTER (WHERE is_claimed) = (SELECT count(*) FROM claim) FROM record",
            "0015": "bool_and((modality = 'video') = telehealth) AND bool_or(telehealth) FROM record",
        },
        undone={"0028": {"- books_change", "- books_total"}},
        refused={
            "0029": [("A fee was withdrawn", "DELETE FROM fee WHERE effective_to < effective_from")],
            "0013": [("rows of undone", "DELETE FROM undone")],
            "0012": [("whole payments", f"{LEDGER.format('DISABLE')}; {WITHOUT_RECORD}; {LEDGER.format('ENABLE')}")],
            "0011": [("rows of claim_acknowledgement", "TRUNCATE claim_acknowledgement CASCADE")],
            "0006": [("rows of remittance", "TRUNCATE remittance CASCADE")],
            "0005": [("rows of estimate", "DELETE FROM estimate")],
            "0003": [
                ("rows of claim_batch", "TRUNCATE claim_batch CASCADE; TRUNCATE change, party"),
                ("one record for each client", "DELETE FROM record WHERE revision > 1"),
            ],
            "0002": [("rows of payer", WITHOUT_PAYERS)],
            "0001": [("rows of record", f"{LEDGER.format('DISABLE')}; TRUNCATE record CASCADE; {LEDGER.format('ENABLE')}")],
        },
    ),
}


@pytest.mark.parametrize("service", CHAINS)
async def test_every_revision_goes_up_and_back_with_rows_in_every_table(service: str, databases: Databases) -> None:
    revisions, chain = Revisions(service), CHAINS[service]
    names = revisions.names()
    url = await databases.copy()
    try:
        shapes = [await shape(url)]
        for number, revision in enumerate(names, start=1):
            changed = await changes_by(revisions.go(url, revision), url)
            assert (revision, changed) == (revision, chain.changes.get(revision, set()))
            async with connected(url) as connection:
                if condition := chain.holds.get(revision):
                    assert await connection.fetchval(f"SELECT {condition}"), f"{revision}: {condition}"
                await write_rows(connection, number, revision, chain.values)
            shapes.append(await shape(url))
        for revision, below in zip(reversed(names), [*reversed(names[:-1]), "base"], strict=True):
            for words, remedy in chain.refused.get(revision, ()):
                with pytest.raises(DBAPIError, match=words):
                    await revisions.back(url, below)
                async with connected(url) as connection:
                    await connection.execute(remedy)
            assert (revision, await changes_by(revisions.back(url, below), url)) == (revision, chain.undone.get(revision, set()))
            shapes.pop()
            assert (revision, different(await shape(url), shapes[-1])) == (revision, set())
    finally:
        await databases.drop(url)


async def test_a_revision_that_does_not_get_a_lock_gives_way_and_is_tried_again(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrations, "LOCK_ATTEMPTS", 1_000)
    monkeypatch.setattr(migrations, "BETWEEN_ATTEMPTS_S", 0.05)
    catalog, url = Revisions("catalog"), await databases.copy()
    try:
        await catalog.go(url, "0002")
        async with connected(url) as reader:
            transaction = reader.transaction()
            await transaction.start()
            await reader.execute("LOCK TABLE service IN ACCESS SHARE MODE")
            migration = asyncio.create_task(catalog.go(url))
            async with connected(url) as other:
                await until(lambda: waits(other))
                read = await other.fetchval("SELECT count(*) FROM service", timeout=SOON_S)
                assert read == 0, "who comes later waits no longer than the revision does"
            await transaction.rollback()
            await migration
    finally:
        await databases.drop(url)


async def waits(connection: asyncpg.Connection) -> bool:
    """Whether somebody waits for a lock."""
    return bool(await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"))


async def changes_by(migration: Awaitable[None], url: str) -> set[str]:
    """Return what a migration changes of the rows that are there."""
    async with connected(url) as connection:
        before = await content(connection)
    await migration
    async with connected(url) as connection:
        return differences(before, await content(connection))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


async def shape(url: str) -> dict[str, str]:
    """Return the schema but for what no downgrade takes back: extensions, which others may use, and that a constraint was found to hold."""
    async with connected(url) as connection:
        found = await inventory(connection)
    return {name: definition.removesuffix(" NOT VALID") for name, definition in found.items() if not name.startswith("extension ")}
