"""A billing whose days pass as fast as a test wants: sessions are completed and money moves, each at its own moment."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import billing.remittances.tables  # noqa: F401 (the ledger refers to its table)
from back_office import Json, complete, services
from billing.claims import use_cases as claims_use_cases
from billing.corrections import use_cases as corrections_use_cases
from billing.corrections.schemas import NewCredit, NewReplacement, NewReversal
from billing.coverages.tables import CoverageRow
from billing.ledger.postings import LedgerTransaction, Payer, PaymentMethod, Posting, PostingKind
from billing.payers.tables import FeeRow, PayerRow
from billing.payments import use_cases
from billing.payments.schemas import NewAdjustment, NewPayment, NewRefund, NewWriteOff
from billing.pricing.terms import Mode
from billing.records import queries
from billing.records import use_cases as records_use_cases
from billing.records.schemas import NewVoid
from billing.records.tables import RecordRow
from billing.reports import books as report_ledger
from billing.reports import queries as reports
from billing.reports import sessions as report_sessions
from billing.reports.scope import CloseBy, Filter, GroupBy, Outline, Scope
from chassis.data.database import Database, Transaction
from chassis.errors import DomainError
from contracts.scheduling import AddOn
from contracts.types import ClientId, RecordId, SiteId, TherapistId, new_id
from sqlalchemy import select, text

ZONE: Final = ZoneInfo("America/New_York")
BEGINNING: Final = datetime(2026, 1, 5, 17, tzinfo=UTC)
CODES: Final = ("90837", "90834", "90832")
BY: Final = "ines"
LATEST_DEPOSIT: Final = 9
"""Days after the receipt."""
REASONS: Final = ("courtesy", "uncollectable", "=1+1")
POSTED: Final = """
    SELECT transaction.record_id, transaction.posted_at, transaction.kind, transaction.method, transaction.deposit_date,
        entry.account, entry.amount
    FROM ledger_transaction transaction JOIN ledger_entry entry ON entry.transaction_id = transaction.id
"""
OUTLINES: Final[dict[str, Callable[[Scope], Outline]]] = {
    "aging": report_ledger.aging,
    "revenue": report_ledger.revenue,
    "adjustments": report_ledger.adjustments,
    "denials": report_ledger.denials,
    "daily-close": report_ledger.daily_close,
    "daily-close by posting": partial(report_ledger.daily_close, days=CloseBy.POSTING),
    "unbilled": report_sessions.unbilled,
    "variance": partial(report_sessions.variance, only_different=False),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next, after so many hours, to one of the records so far."""

    what: str
    which: int
    cents: int
    hours: int


@dataclass(slots=True)
class History:
    """What becomes of the money of some people; others may have lived in the same books before."""

    database: Database
    now: datetime = BEGINNING
    records: list[RecordId] = field(default_factory=list[RecordId])
    insured: ClientId = field(default_factory=lambda: ClientId(new_id()))
    therapists: tuple[TherapistId, ...] = field(default_factory=lambda: (TherapistId(new_id()), TherapistId(new_id())))
    sites: tuple[SiteId, ...] = field(default_factory=lambda: (SiteId(new_id()), SiteId(new_id())))

    @property
    def today(self) -> date:
        """The day that it is in the network."""
        return self.now.astimezone(ZONE).date()

    async def begin(self) -> None:
        """Cover one client."""
        async with self.database.transaction() as tx:
            how: Json = {"claim_filing_code": "CI", "telehealth_place_of_service": "10", "telehealth_modifier": "95", "address": None}
            payer = PayerRow(
                id=new_id(),
                payer_name="Harbor Mutual",
                payer_code=f"HM{new_id().hex[:12]}",
                is_active=True,
                version=1,
                **how,
                **self._written(),
            )
            tx.add(payer)
            await tx.flush()
            for code in CODES:
                fee = {"credential": None, "amount": Decimal(110), "effective_from": date(2026, 1, 1), "effective_to": None}
                tx.add(FeeRow(id=new_id(), payer_id=payer.id, service_code=code, created_at=self.now, **fee))
            plan: Json = {"copay": Decimal(25), "coinsurance_percent": Decimal(10), "deductible_remaining": Decimal(50)}
            plan |= {"out_of_pocket_remaining": None, "copay_after_deductible": True, "authorization_number": None}
            usual = {
                "member_id": "1",
                "plan_name": "Silver",
                "mode": Mode.IN_NETWORK,
                "as_of": date(2026, 1, 1),
                "visits_authorized": None,
            }
            during: Json = {"group_number": None, "relationship": "self", "subscriber": None}
            during |= {"effective_from": date(2026, 1, 1), "effective_to": None, "version": 1}
            tx.add(CoverageRow(id=new_id(), client_id=self.insured, payer_id=payer.id, **plan, **usual, **during, **self._written()))

    def _written(self) -> Json:
        return {"created_at": self.now, "updated_at": self.now}

    async def live(self, steps: list[Step]) -> None:
        """Let these things happen, as far as they can."""
        for step in steps:
            self.now += timedelta(hours=step.hours)
            async with self.database.transaction() as tx:
                tx.now = self.now
                with suppress(DomainError):
                    await self._happen(step, tx)

    async def _happen(self, step: Step, tx: Transaction) -> None:
        if step.what == "bill" or not self.records:
            service = services()[CODES[step.which % len(CODES)]]
            who: Json = {"insurance_applicable": True, "client_id": self.insured} if step.cents % 2 else {}
            here = {"therapist_id": self.therapists[step.which % 2], "site_id": self.sites[step.cents % 2]}
            add_ons = services()["90785"]
            extra = AddOn(service_id=add_ons.id, service_code=add_ons.service_code, units=1, rate_per_unit=add_ons.base_rate)
            done: Json = {"add_ons": (extra,)} if step.cents % 3 == 0 else {}
            day = self.today - timedelta(days=step.which % 40)
            await records_use_cases.bill_sessions([complete(service, day=day, **who, **here, **done)], ZONE, tx)
            await self._look(tx)
            return
        record_id, amount = self.records[step.which % len(self.records)], Decimal(step.cents) / 100
        payer = Payer.INSURER if step.which % 3 else Payer.CLIENT
        methods = [each for each in PaymentMethod if payer is Payer.INSURER or each is not PaymentMethod.ERA]
        method = methods[step.which % len(methods)]
        reason = REASONS[step.cents % len(REASONS)]
        days = self._days(step)
        match step.what:
            case "pay":
                await use_cases.take_payment(record_id, NewPayment(amount=amount, payer=payer, method=method, **days), BY, self.today, tx)
            case "adjust":
                await use_cases.adjust(record_id, NewAdjustment(amount=amount, reason=reason, **days), BY, self.today, tx)
            case "write off":
                await use_cases.write_off(record_id, NewWriteOff(amount=amount, payer=payer, reason=reason, **days), BY, self.today, tx)
            case "refund":
                await use_cases.refund(
                    record_id, NewRefund(amount=amount, payer=payer, method=method, reason=reason, **days), BY, self.today, tx
                )
            case "claim" | "denial":
                record, reported, _ = await records_use_cases.open_record(record_id, tx)
                kind = PostingKind(step.what)
                about = LedgerTransaction(
                    id=new_id(), record_id=record_id, kind=kind, posted_at=tx.now, payer=Payer.INSURER, reason="CO-197"
                )
                await records_use_cases.post(record, [*reported, Posting(kind, {})], about, tx)
            case "replace":
                await corrections_use_cases.replace_record(
                    record_id, NewReplacement(reason=reason, service_code=CODES[step.cents % len(CODES)]), BY, ZONE, tx
                )
                await self._look(tx)
            case "reverse":
                history = await queries.history_of(tx, record_id)
                posting_id = history[step.cents % len(history)][0].id
                await corrections_use_cases.reverse_posting(record_id, posting_id, NewReversal(reason=reason), BY, self.today, tx)
            case "move credit":
                other = self.records[step.cents % len(self.records)]
                await corrections_use_cases.move_credit(
                    record_id, NewCredit(amount=amount, to_record_id=other, payer=payer, **days), BY, self.today, tx
                )
            case _:
                await claims_use_cases.void(record_id, NewVoid(reason=reason, **days), BY, self.today, tx)

    def _days(self, step: Step) -> Json:
        """Return the days of a posting: none, received earlier, deposited earlier, or deposited later."""
        received = self.today - timedelta(days=step.which % 6)
        deposited = received + timedelta(days=step.cents % (LATEST_DEPOSIT + 1))
        days: Json = {"received_date": received, "deposit_date": deposited}
        return [{}, days, days, {"received_date": received}][step.cents % 4]

    async def _look(self, tx: Transaction) -> None:
        mine = select(RecordRow.id).where(RecordRow.therapist_id.in_(self.therapists)).order_by(RecordRow.id)
        self.records = list(await tx.scalars(mine))

    def scope(self, as_of: date, *group_by: GroupBy, **filters: Any) -> Scope:
        """Ask about everything as of a day."""
        return Scope(
            since=BEGINNING.date() - timedelta(days=60),
            until=as_of + timedelta(days=1),
            as_of=as_of,
            today=self.today,
            zone=ZONE,
            group_by=group_by,
            filters={Filter(name): value for name, value in filters.items()},
        )

    async def ask(self, name: str, scope: Scope) -> reports.Report:
        """Read a report."""
        default = {"aging": (GroupBy.PAYER,), "revenue": (GroupBy.SERVICE_CODE,)}.get(name, ())
        about = replace(scope, group_by=scope.group_by or default)
        return await self._read(name, about, OUTLINES[name](about))

    async def contradictions(self) -> set[Any]:
        """Return what is not 0 in the reconciliation."""
        report = await self._read("reconciliation", self.scope(self.today), report_sessions.reconciliation())
        return {row["what"] for row in report.rows if row["found"]}

    async def _read(self, name: str, scope: Scope, outline: Outline) -> reports.Report:
        async with self.database.snapshot() as db:
            return await (await reports.read(db, name, scope, outline)).report()

    async def posted(self, before: datetime) -> list[Any]:
        """Return every entry with its transaction, as the tables have them."""
        async with self.database.reading() as db:
            return [row for row in await db.rows(text(POSTED)) if row.posted_at < before]
