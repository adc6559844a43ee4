"""Whatever is posted in whichever order, also at once: no answer is an internal error, and records, ledger and reports agree."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from back_office import Clinic, Json, complete
from billing.ledger import settlement
from billing.ledger.dates import MOST_DAYS_TO_DEPOSIT
from billing.ledger.postings import Account, Payer, PaymentMethod
from billing.records import use_cases
from billing.records.history import by_payer
from billing.records.queries import histories_of
from billing.records.tables import LedgerEntryRow, RecordRow
from billing.reports.scope import CloseBy
from billing.settings import Settings
from chassis.data.database import Database
from contracts.types import ClientId, SiteId, TherapistId, new_id
from httpx import Response
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from insurer import Answer, write_835
from pydantic import SecretStr
from sqlalchemy import func, select
from testing.properties import examples, phases
from written_down import HARBOR_STREET, JONAS, NETWORK, RUTH

ZONE: Final = ZoneInfo("America/New_York")
CODES: Final = ("90837", "90834", "90832")
WORK_S: Final = 240
"""A slow machine does fewer steps: what begins later than this does nothing. A profile that tries more has as many times longer."""
PATIENCE_S: Final = 240
"""How long one step may take; together with the work it stays well below ``faulthandler_timeout``, which ends the test process."""
EDI: Final = {"Content-Type": "application/edi-x12"}
ADJUSTMENTS: Final = (("CO", "45"), ("PR", "1"), ("PR", "3"), ("CO", "197"), ("OA", "23"))
STATUSES: Final = ("1", "1", "1", "2", "4", "22")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does to one of the records."""

    what: str
    which: int
    cents: int
    whole: bool
    """As much as the record has for it; else ``cents``."""
    payer: str
    choice: int
    """Whatever else is to be chosen."""


acts = st.builds(
    Act,
    what=st.sampled_from([
        *("payment", "payment", "payment", "refund", "refund", "credit", "credit", "adjustment", "write-off"),
        *("reversal", "reversal", "void", "replace", "replace", "claim", "claim", "remittance", "remittance", "remittance", "bill"),
    ]),
    which=st.integers(0, 5),
    cents=st.integers(1, 20_000),
    whole=st.booleans(),
    payer=st.sampled_from(["client", "insurer"]),
    choice=st.integers(0, 59),
)  # fmt: skip


@dataclass(slots=True)
class Books:
    """The records of one client in the books of a clinic, and what was done to them."""

    clinic: Clinic
    database: Database
    therapist: TherapistId
    site: SiteId
    payer_id: str
    client: ClientId = field(default_factory=lambda: ClientId(new_id()))
    records: list[Json] = field(default_factory=list[Json])
    answers: list[Answer] = field(default_factory=list[Answer])
    """The answers of the insurer that were posted."""

    async def open(self) -> None:
        """Cover the client, and bill two sessions."""
        plan = {"payer_id": self.payer_id, "member_id": "HM-1", "plan_name": "Silver", "as_of": "2026-01-01"}
        shares = {"copay": "25.00", "coinsurance_percent": "10", "deductible_remaining": "60.00", "effective_from": "2026-01-01"}
        assert (await self.clinic.billing.put(f"/clients/{self.client}/profile", json=JONAS)).is_success
        assert (await self.clinic.billing.post(f"/clients/{self.client}/coverages", json=plan | shares)).is_success
        for choice in (0, 1):
            await self.bill(choice)
        await self.look()

    async def look(self) -> None:
        """Read the client's records anew."""
        self.records = sorted(await self.clinic.records(client_id=self.client), key=lambda record: record["id"])

    async def bill(self, choice: int) -> None:
        """Bill a session that took place last week, insured or not."""
        service = self.clinic.catalog[CODES[choice % len(CODES)]]
        day = last_week() - timedelta(days=choice)
        who = {"client_id": self.client, "therapist_id": self.therapist, "site_id": self.site}
        async with self.database.transaction() as tx:
            await use_cases.bill_sessions([complete(service, day=day, insurance_applicable=choice % 3 < 2, **who)], ZONE, tx)

    async def do(self, act: Act) -> None:
        """Do one thing; it may be refused, but it never fails."""
        if act.what == "bill":
            await self.bill(act.choice)
            return
        record, other = self._record(act), self.records[act.choice % len(self.records)]
        amount = str(await self._amount(act, record, other))
        usual = {"amount": amount, "payer": act.payer}
        method = list(PaymentMethod)[act.choice % len(PaymentMethod)].value
        days = days_of(act)
        match act.what:
            case "payment":
                await self._post(record, "payments", **usual, method=method, **days)
            case "refund":
                await self._post(record, "refunds", **usual, method=method, reason="paid twice", **days)
            case "credit":
                await self._post(record, "credits", **usual, to_record_id=other["id"], **days)
            case "adjustment":
                await self._post(record, "adjustments", amount=amount, reason="courtesy", **days)
            case "write-off":
                await self._post(record, "write-offs", **usual, reason="uncollectable", **days)
            case "void":
                await self._post(record, "void", reason="completed by mistake", **days)
            case "replace":
                insured = {} if act.whole else {"insurance_applicable": act.payer == "insurer"}
                await self._post(record, "replace", reason="it was shorter", service_code=CODES[act.choice % len(CODES)], **insured)
            case "claim":
                wanted = {"record_ids": [record["id"]], "frequency": "1" if act.whole else str(7 + act.choice % 2)}
                succeed(await self.clinic.billing.post("/claims", json=wanted | {"payer_references": {record["id"]: "HM-99017"}}))
            case _:
                await {"reversal": self._reverse, "remittance": self._answer}[act.what](act, record)

    async def _post(self, record: Json, step: str, **body: Any) -> None:
        succeed(await self.clinic.billing.post(f"/records/{record['id']}/{step}", json=body))

    async def _reverse(self, act: Act, record: Json) -> None:
        """Take a posting of a record back, more often one that may be."""
        items = (await self.clinic.billing.get(f"/records/{record['id']}/ledger")).json()["items"]
        wanted = [item for item in items if item["is_reversible"]] if act.whole else items
        if wanted:
            await self._post(record, f"ledger/{wanted[act.cents % len(wanted)]['id']}/reversal", reason="a typo")

    def _record(self, act: Act) -> Json:
        """Return one of all records, but more often one to which something can be posted."""
        kept = [record for record in self.records if record["payment_status"] != "voided"]
        if act.what in {"refund", "credit"}:
            kept = [record for record in self.records if record["unapplied_credit"] != "0.00"]
        chosen = kept if kept and act.choice % 6 else self.records
        return chosen[act.which % len(chosen)]

    async def _amount(self, act: Act, record: Json, other: Json) -> Decimal:
        """Return as much as can be posted, or any amount."""
        if not act.whole:
            return Decimal(act.cents) / 100
        account = "patient_ar" if act.what == "adjustment" or act.payer == "client" else "payer_ar"
        owing = other if act.what == "credit" else record
        owed = (await self.clinic.billing.get(f"/records/{owing['id']}/ledger")).json()["balances"].get(account, "0")
        credit = record["unapplied_credit"]
        most = {"refund": [credit], "credit": [credit, owed]}.get(act.what, [owed])
        return min(Decimal(amount) for amount in most) or Decimal(act.cents) / 100

    async def _answer(self, act: Act, record: Json) -> None:
        """Let the insurer answer the latest claim of a record, or take back an answer of before."""
        claims = (await self.clinic.billing.get("/claims", params={"record_id": record["id"]})).json()["items"]
        status = STATUSES[act.choice % len(STATUSES)]
        if status == "22" and self.answers:
            stated = self.answers[act.which % len(self.answers)].taken_back()
        elif claims:
            charge = Decimal(claims[0]["total_amount"])
            off = min(Decimal(act.cents) / 100, charge)
            parts = {ADJUSTMENTS[act.choice % len(ADJUSTMENTS)]: off, ADJUSTMENTS[act.which % len(ADJUSTMENTS)]: (charge - off) / 2}
            adjustments = tuple((*code, amount.quantize(Decimal("0.01"))) for code, amount in parts.items() if amount)
            service = {"code": claims[0]["lines"][0]["service_code"], "service_day": claims[0]["service_date"].replace("-", "")}
            stated = Answer(claims[0]["control_number"], charge, adjustments, status=status if status != "22" else "1", **service)
        else:
            return
        file = write_835([stated], trace=new_id().hex, day=stated.service_day)
        answer = succeed(await self.clinic.billing.post("/remittances", content=file, headers=EDI))
        is_posted = answer.is_success or await self._decide(act, answer.json(), stated.control_number)
        if is_posted and stated.status != "22":
            self.answers.append(stated)

    async def _decide(self, act: Act, parked: Json, control_number: str) -> bool:
        """Post a parked payment as it is, or leave its claim out and assign its money to a record; return whether the answer is posted."""
        path = f"/remittances/{parked.get('remittance_id')}"
        choice = {"accept": [control_number]} if act.whole else {"leave_out": [control_number]}
        posted = succeed(await self.clinic.billing.post(f"{path}/post", json=choice))
        if posted.is_success and not act.whole and act.choice % 3:
            body = {"record_id": self.records[act.choice % len(self.records)]["id"], "reason": "as the payer says"}
            succeed(await self.clinic.billing.post(f"{path}/claims/1/assign", json=body))
        return posted.is_success and act.whole

    async def check(self) -> None:
        """Assert that each record adds up and agrees with its ledger, which balances."""
        async with self.database.snapshot() as db:
            records = list(await db.scalars(select(RecordRow).where(RecordRow.client_id == self.client)))
            histories = await histories_of(db, [record.id for record in records])
        for record in records:
            shares = record.contractual_adjustment + record.other_adjustment + record.patient_amount + record.insurance_amount
            assert record.total_amount == shares
            postings = [posting for _, posting in histories[record.id]]  # a posting that does not balance cannot be read
            standing = settlement.read(postings)
            assert min(standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit) >= 0, standing
            assert standing.unapplied_credit <= settlement.balances(postings).get(Account.CASH, 0), standing
            credit = settlement.funds(by_payer(histories[record.id])).credit
            assert min(standing.owed_by_client, credit[Payer.CLIENT]) == min(standing.owed_by_insurer, credit[Payer.INSURER]) == 0, credit
            stated = (record.payment_status, record.balance, record.unapplied_credit)
            assert stated == (standing.status, standing.balance, standing.unapplied_credit)

    async def tie(self) -> None:
        """Compare the reports with the entries."""
        async with self.database.reading() as db:
            sums = dict(await db.rows(select(LedgerEntryRow.account, func.sum(LedgerEntryRow.amount)).group_by(LedgerEntryRow.account)))
        at = {account: sums.get(account, Decimal(0)) for account in Account}
        owed = at[Account.PATIENT_AR] + at[Account.PAYER_AR]
        aging = await self._report("aging")
        assert (Decimal(aging["total"]), Decimal(aging["owed_by_client"])) == (owed, at[Account.PATIENT_AR])
        revenue = {name: Decimal(amount) for name, amount in (await self._report("revenue", **{"from": "2025-01-01"})).items()}
        # What is left out of a payment and not assigned is on the payer's account and on no record.
        of_records = at[Account.CASH] + at[Account.PAYER_ACCOUNT]
        assert (revenue["charged"], revenue["received"], revenue["outstanding"]) == (-at[Account.REVENUE], of_records, owed)
        taken_off = at[Account.CONTRACTUAL_ADJ] + at[Account.DISCOUNT] + at[Account.BAD_DEBT]
        assert Decimal((await self._report("adjustments"))["amount"]) == taken_off
        # Remittances are on the day of their payment, and deposits may lie ahead.
        ahead = str(datetime.now(ZONE).date() + timedelta(days=MOST_DAYS_TO_DEPOSIT))
        whole = {"from": "2025-01-01", "to": ahead}
        for by in CloseBy:
            assert Decimal((await self._report("daily-close", **whole, by=by))["received"]) == at[Account.CASH]
        assert (await self._report("reconciliation"))["found"] == 0

    async def _report(self, name: str, **requested: str) -> Json:
        answer = await self.clinic.billing.get(f"/reports/{name}", params=requested)
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.json()["totals"]


def days_of(act: Act) -> Json:
    """Return the days of a posting: none, some that are possible, or some that are refused."""
    today = datetime.now(ZONE).date()
    received, deposited = today - timedelta(days=act.choice % 7), today + timedelta(days=act.which - 2)
    return [{}, {}, {"received_date": str(received)}, {"received_date": str(received), "deposit_date": str(deposited)}][act.cents % 4]


def last_week() -> date:
    """Claims are late some months after the service, so their dates follow the calendar."""
    return datetime.now(UTC).date() - timedelta(days=7)


def succeed(answer: Response) -> Response:
    """Let an answer be anything but an error of the service's own."""
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
    return answer


async def write_down(clinic: Clinic) -> tuple[TherapistId, SiteId, str]:
    """Write down who bills, where, and what the insurer pays; return the therapist, the site and the payer."""
    therapist, site = TherapistId(new_id()), SiteId(new_id())
    written = {"/organization": NETWORK, f"/facilities/{site}": HARBOR_STREET, f"/providers/{therapist}": RUTH}
    for path, facts in written.items():
        assert (await clinic.billing.put(path, json=facts)).is_success
    payer = (await clinic.billing.post("/payers", json={"payer_name": "Harbor Mutual", "payer_code": "HM001"})).json()["id"]
    for code in CODES:
        fee = {"service_code": code, "amount": "90.00", "effective_from": "2026-01-01"}
        assert (await clinic.billing.post(f"/payers/{payer}/fees", json=fee)).is_success
    return therapist, site, payer


@pytest.mark.hypothesis
async def test_whatever_is_posted_also_at_once_nothing_fails_and_books_and_reports_agree(clinic: Clinic) -> None:
    therapist, site, payer = await write_down(clinic)
    database = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nowhere")))
    loop = asyncio.get_running_loop()
    ends = loop.time() + examples(WORK_S)

    def wait(begin: Callable[[], Coroutine[Any, Any, object]], *, even_late: bool = False) -> None:
        if even_late or loop.time() < ends:
            asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE_S)

    class Desk(RuleBasedStateMachine):
        """People at a desk, in the thread of Hypothesis; the service runs in the loop of the test."""

        def __init__(self) -> None:
            super().__init__()
            self.books = Books(clinic, database, therapist, site, payer)
            wait(self.books.open)

        @rule(act=acts)
        def one_acts(self, act: Act) -> None:
            wait(partial(self._all, [act]))

        @rule(together=st.lists(acts, min_size=2, max_size=4))
        def several_act_at_once(self, together: list[Act]) -> None:
            wait(partial(self._all, together))

        async def _all(self, together: list[Act]) -> None:
            await asyncio.gather(*(self.books.do(act) for act in together))
            await self.books.look()

        @invariant()
        def records_say_what_their_ledgers_say(self) -> None:
            wait(self.books.check)

        def teardown(self) -> None:
            wait(self.books.tie, even_late=bool(self.books.records))

    usual = settings(max_examples=examples(8), stateful_step_count=20, phases=phases())
    try:
        await asyncio.to_thread(run_state_machine_as_test, Desk, settings=usual)
    finally:
        await database.close()
