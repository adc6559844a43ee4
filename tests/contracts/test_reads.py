"""No list or read is forgotten: each has a request in the table of `support.read_requests`, and none looks through a large table."""

from typing import Any, Final

import asyncpg
import pytest
from servers import Postgres
from servers.rights import SERVICES
from support.network_rows import write_network
from support.read_requests import MISSING, READS, Kind, forgotten, values_of
from support.repository import description
from testing import MakeDatabase
from testing.running import build, running
from testing.statements import nodes, plan_of, scanned_whole, statements_of

BOOKINGS: Final = 10_000
NOWHERE: Final = "amqp://nowhere"
LARGE: Final = {
    "catalog": set[str](),
    "rooms": {"hold"},
    "scheduling": {"session", "taken", "timeline", "waitlist_entry", "override"},
    "billing": {
        *("record", "ledger_transaction", "ledger_entry", "claim", "claim_acknowledged", "remittance_claim", "quote", "estimate", "change")
    },
}
"""Tables that grow with the bookings."""
MOST_ROWS: Final = 3_500
"""Rows that one answer may look at: holds of a page are compared with blocks and hours, everything else needs fewer."""
FEW: Final = 100
NEEDS_THE_BROKER: Final = ("/readyz", "/operations/parked", "/first-available", "/sessions/check", "/sessions/alternatives")


@pytest.mark.parametrize("service", SERVICES)
def test_every_list_and_read_has_a_request(service: str) -> None:
    assert forgotten(service, description(service)) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_no_list_or_read_looks_through_a_large_table(service: str, make_database: MakeDatabase, postgres_server: Postgres) -> None:
    url = await make_database(service)
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", service, BOOKINGS)
    app = build(service, database_url=url, broker_url=NOWHERE, role="api", log_level="ERROR")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={"enable_seqscan": "off"})  # no table is small
    values = await values_of(connection, service)
    wrong: dict[str, object] = {}
    async with running(app) as http:
        for ask in READS[service]:
            if ask.kind is not Kind.READ or ask.route in NEEDS_THE_BROKER:
                continue
            with statements_of(app.state.database) as sent:
                answer = await http.request(ask.method, ask.path(values), json=ask.content(values))
            if answer.is_error and ask.route not in MISSING:
                wrong[ask.name] = answer.text
            plans = [await plan_of(connection, statement, analyze=True) for statement in sent]
            scanned = set().union(*(scanned_whole(plan) for plan in plans)) & LARGE[service]
            if scanned or sum(map(_looked_at, plans)) > MOST_ROWS:
                wrong[ask.name] = (scanned, *map(_looked_at, plans))
    await connection.close()
    assert wrong == {}


async def test_a_daily_close_looks_only_at_the_postings_of_its_days(make_database: MakeDatabase, postgres_server: Postgres) -> None:
    url = await make_database("billing")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "billing", BOOKINGS)
    app = build("billing", database_url=url, broker_url=NOWHERE, role="api", log_level="ERROR")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={"enable_seqscan": "off"})
    tomorrow, postings = await connection.fetchrow("SELECT current_date + 1, count(*) FROM ledger_transaction")
    async with running(app) as http:
        with statements_of(app.state.database) as sent:
            (await http.get("/reports/daily-close", params={"from": str(tomorrow), "to": str(tomorrow)})).raise_for_status()
    looked_at = [_looked_at(await plan_of(connection, statement, analyze=True), "ledger_transaction") for statement in sent]
    await connection.close()
    assert max(looked_at) < FEW < postings


def _looked_at(plan: dict[str, Any], table: str | None = None) -> float:
    """Count the rows of tables, or of one, that a plan looks at, whether or not it then leaves them out."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if "Relation Name" in node and table in {None, node["Relation Name"]}
    )
