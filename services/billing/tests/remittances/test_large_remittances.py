"""A large remittance is decided, written and answered in short steps: other requests are served meanwhile."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from back_office import MONDAY, Clinic, complete
from billing.payment_advice import x12_835
from billing.records import use_cases
from billing.remittances import queries as remittance_store
from billing.settings import Settings
from chassis.data.database import Database
from contracts.types import ClientId, new_id
from insurer import Answer, as_expected, database, made, write_835
from ledger_history import ZONE
from remittances.test_remittances import EDI
from testing.loop_steps import loop_steps

CLAIMS: Final = x12_835.MOST_CLAIMS
MANY_NUMBERS: Final = 40_000
"""More than a statement may have parameters (32,767)."""
LONGEST_STEP: Final = 45
"""In units of ``testing.loop_steps``; measured: 20 to 24."""
TRIES: Final = 8
BILLED_AT_ONCE: Final = 100


async def claims_of_a_payer(clinic: Clinic) -> list[tuple[str, str]]:
    """Bill sessions, and note that the insurer was requested each; return the claims' numbers and days of service."""
    client = ClientId(new_id())
    payer = await made(clinic, "/payers", payer_name="Harbor Mutual", payer_code=f"HM{new_id().hex[:12]}")
    await made(clinic, f"/payers/{payer['id']}/fees", service_code="90837", amount="152.00", effective_from="2020-01-01")
    plan = {"copay": "25.00", "member_id": "HM-1", "plan_name": "Silver", "as_of": "2020-01-01", "effective_from": "2020-01-01"}
    coverage = await made(clinic, f"/clients/{client}/coverages", payer_id=payer["id"], **plan)
    office = Database(Settings(database_url=clinic.database_url, broker_url="amqp://nowhere"))
    for begin in range(0, CLAIMS, BILLED_AT_ONCE):
        days = [MONDAY - timedelta(days=back) for back in range(begin, begin + BILLED_AT_ONCE)]
        sessions = [complete(clinic.catalog["90837"], day=day, client_id=client, insurance_applicable=True) for day in days]
        async with office.transaction() as tx:
            await use_cases.bill_sessions(sessions, ZONE, tx)
    await office.close()
    async with database(clinic) as connection:
        batch = new_id()
        await connection.execute(
            "INSERT INTO claim_batch (id, control_number, x12, created_at, created_by)"
            " VALUES ($1, nextval('claim_control_number'), '', now(), 'ines')",
            batch,
        )
        of_client = "SELECT id, payer_id, total_amount, service_date FROM record WHERE client_id = $1 ORDER BY id"
        billed = await connection.fetch(of_client, client)
        numbers = [f"HF{number:09d}" for number, _ in enumerate(billed)]
        await connection.executemany(
            "INSERT INTO claim (id, batch_id, record_id, coverage_id, payer_id, control_number, frequency, total_amount, status, facts,"
            " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, '1', $7, 'submitted', '{}', now(), now())",
            [
                (new_id(), batch, row["id"], coverage["id"], row["payer_id"], number, row["total_amount"])
                for row, number in zip(billed, numbers, strict=True)
            ],
        )
        await connection.executemany(
            "INSERT INTO ledger_transaction (id, record_id, kind, posted_at) VALUES ($1, $2, 'claim', now())",
            [(new_id(), row["id"]) for row in billed],
        )
        await connection.execute("UPDATE record SET payment_status = 'submitted', version = version + 1 WHERE client_id = $1", client)
    return [(number, f"{row['service_date']:%Y%m%d}") for row, number in zip(billed, numbers, strict=True)]


async def longest_step(clinic: Clinic, answers: Sequence[Answer]) -> float:
    """Send a remittance that is posted; return the longest step of the event loop until it was answered."""
    content = write_835(answers, trace=f"EFT-{new_id()}").encode()
    with loop_steps() as steps:
        answer = await clinic.billing.post("/remittances", content=content, headers=EDI | {"Idempotency-Key": str(new_id())})
    assert answer.status_code == HTTPStatus.CREATED, answer.text[:500]
    return steps.longest


async def test_no_step_of_the_loop_is_long_while_a_large_remittance_is_posted_or_taken_back(clinic: Clinic) -> None:
    answers = [as_expected(number, service_day=day) for number, day in await claims_of_a_payer(clinic)]
    assert len(answers) == CLAIMS
    reversals = [each.taken_back() for each in answers]
    shortest = {"answers": float("inf"), "reversals": float("inf")}
    for _ in range(TRIES):
        for what, stated in (("answers", answers), ("reversals", reversals)):
            shortest[what] = min(shortest[what], await longest_step(clinic, stated))
        if max(shortest.values()) < LONGEST_STEP:
            break
    assert max(shortest.values()) < LONGEST_STEP, shortest


async def test_a_file_may_name_more_claims_than_a_statement_has_parameters(clinic: Clinic) -> None:
    office = Database(Settings(database_url=clinic.database_url, broker_url="amqp://nowhere"))
    async with office.reading() as db:
        assert await remittance_store.records_of(db, [f"HF9{number:09d}" for number in range(MANY_NUMBERS)]) == {}
    await office.close()
