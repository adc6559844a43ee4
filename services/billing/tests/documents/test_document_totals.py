"""What stands in documents and in exports ties to the record and the ledger to the cent, whatever happened to the money."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.document_facts import facts as document_facts
from billing.document_facts.facts import ClaimContext, Insurance, Line, Movement
from billing.document_facts.formatting import dollars
from billing.document_facts.people import Address, Client, Facility, Known, Organization, Parties, Provider, parties_of
from billing.documents import statement
from billing.documents.statement import ClientAccount, Entry
from billing.documents.superbill import services_of
from billing.exports import cms1500, fhir
from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.bill import RecordKind
from billing.ledger.postings import Account, Payer, Posting
from billing.pricing.amounts import ZERO, Plan, quote
from billing.pricing.amounts import Line as Service
from billing.pricing.terms import Mode
from contracts.catalog import Claimable
from contracts.scheduling import Modality
from contracts.types import ClientId, RecordId, SessionId, SiteId, TherapistId, new_id
from fhir.resources.R4B.claim import Claim
from hypothesis import given
from hypothesis import strategies as st

HARBOR = Address(line1="12 Harbor Street", city="Portland", state="ME", postal_code="041010000")
NETWORK = Organization(
    organization_name="Harbor", npi="1234567893", tax_id="123456789", taxonomy_code="261QM0801X", address=HARBOR, contact_name="Office",
    phone="2075550100",
)  # fmt: skip
SITE = Facility(facility_name="Harbor Street", npi=None, address=HARBOR, place_of_service="11")
RUTH = Provider(last_name="Adler", first_name="Ruth", npi="1245319599", taxonomy_code="103TC0700X", license=None)
JONAS = Client(
    last_name="Weber", first_name="Jonas", birth_date=date(1988, 5, 17), gender="M", address=HARBOR, diagnoses=("F41.1",),
    signature_on_file=True,
)  # fmt: skip
EVERYBODY = Parties(NETWORK, SITE, RUTH, JONAS, JONAS.diagnoses)
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
SILVER = Insurance(
    coverage_id=new_id(), payer_id=new_id(), payer_name="Harbor Mutual", payer_code="HM001", claim_filing_code="CI", payer_address=None,
    telehealth_place_of_service="10", telehealth_modifier="95", member_id="HM-1", group_number=None, plan_name="Silver",
    relationship="self", subscriber=None, mode=Mode.IN_NETWORK, authorization_number=None,
)  # fmt: skip

cents = st.integers(1, 60_000).map(lambda amount: Decimal(amount) / 100)
services = st.builds(
    Service,
    code=st.sampled_from(["90834", "90837", "90785"]),
    rate=cents,
    units=st.integers(1, 3),
    contract_fee=st.none() | cents,
    claimable=st.sampled_from([Claimable.INSURANCE, Claimable.SELF_PAY_ONLY]),
)
plans = st.none() | st.builds(Plan, copay=cents, coinsurance_percent=st.integers(0, 100).map(Decimal), deductible_remaining=cents)
steps = st.lists(st.tuples(st.sampled_from(["client", "insurer", "adjust", "write_off", "refund", "void"]), cents), max_size=12)


def happen(charge: Posting, wanted: list[tuple[str, Decimal]]) -> list[tuple[Posting, Payer | None]]:
    """Let what can happen to a record's money happen to it."""
    done: list[tuple[Posting, Payer | None]] = [(charge, None)]
    for what, amount in wanted:
        postings = [posting for posting, _ in done]
        standing = settlement.read(postings)
        match what:
            case "client" | "insurer":
                done.append((ledger_postings.payment(amount, Payer(what), standing), Payer(what)))
            case "adjust":
                done.append((ledger_postings.adjustment(min(amount, standing.owed_by_client)), None))
            case "write_off":
                done.append((ledger_postings.write_off(min(amount, standing.owed_by_insurer), Payer.INSURER), Payer.INSURER))
            case "refund":
                done.append((ledger_postings.refund(min(amount, standing.unapplied_credit)), Payer.CLIENT))
            case _:
                done.append((settlement.void(postings), None))
                break
    return done


@st.composite
def contexts(draw: st.DrawFn) -> ClaimContext:
    priced = quote(draw(st.lists(services, min_size=1, max_size=15)), insured=True, plan=draw(plans), discount=draw(cents))
    happened = happen(ledger_postings.charge(priced), draw(steps))
    at = [
        MONDAY + timedelta(days=day) for day in sorted(draw(st.lists(st.integers(0, 200), min_size=len(happened), max_size=len(happened))))
    ]
    movements = [
        Movement(id=new_id(), at=moment, day=moment.date(), received=moment.date(), posting=posting, payer=payer)
        for moment, (posting, payer) in zip(at, happened, strict=True)
    ]
    lines = [
        Line(position=place, code=line.code, name=line.code, units=line.units, rate=line.rate, charge=line.charge, claimable=line.claimable)
        for place, line in enumerate(priced.lines, 1)
    ]
    return ClaimContext(
        record_id=RecordId(new_id()), session_id=SessionId(new_id()), client_id=ClientId(new_id()), therapist_id=TherapistId(new_id()),
        site_id=SiteId(new_id()), kind=RecordKind.SESSION, service_code=lines[0].code, service_name=lines[0].name,
        service_date=MONDAY.date(), billing_date=MONDAY.date(), modality=Modality.IN_PERSON,
        client_location=None,
        therapist_credential=None,
        status=settlement.read([posting for posting, _ in happened]).status, total=priced.charge, replaces_id=None,
        replaced_by=None, lines=tuple(lines), movements=tuple(movements), insurance=SILVER, last_claim=None,
        known=Known(organization=NETWORK, facility=SITE, provider=RUTH, client=JONAS, diagnoses=JONAS.diagnoses),
    )  # fmt: skip


@given(contexts())
def test_what_a_superbill_takes_from_the_charge_leaves_what_is_owed(context: ClaimContext) -> None:
    money = document_facts.money_of(context.movements)
    standing = settlement.read([movement.posting for movement in context.movements])
    taken = money.contractual + money.discounts + money.written_off + money.paid_by_client + money.paid_by_insurer
    assert money.charged - taken == money.balance == standing.balance - standing.unapplied_credit
    charged = settlement.balances([context.movements[0].posting])[Account.REVENUE]
    assert sum(line.charge for line in context.lines) == context.total == -charged
    assert sum(line.charge for line in services_of(context)) == context.total


@given(contexts())
def test_the_forms_of_a_record_charge_its_claimable_lines_and_nothing_else(context: ClaimContext) -> None:
    filled: list[dict[str, Any]] = [{box.number: box.value for box in form.boxes} for form in cms1500.forms(context, SILVER, EVERYBODY)]
    claimable = sum((line.charge for line in context.claimable), ZERO)
    assert sum((amount(form["28"]) for form in filled), ZERO) == claimable
    assert [sum(amount(line["24F"]) for line in form["24"]) for form in filled] == [amount(form["28"]) for form in filled]
    assert all(1 <= len(form["24"]) <= 6 for form in filled)
    paid = document_facts.money_of(context.movements).paid_by_client
    assert sum((amount(form["29"]) for form in filled), ZERO) == min(max(paid, ZERO), claimable)


def amount(parts: Mapping[str, str]) -> Decimal:
    return Decimal(f"{parts['dollars']}.{parts['cents']}")


@given(contexts())
def test_a_fhir_claim_is_valid_and_its_total_is_that_of_its_items_to_the_cent(context: ClaimContext) -> None:
    if not context.claimable:
        context = replace(context, lines=(replace(context.lines[0], claimable=True),))
    written = fhir.write(fhir.claim(context, EVERYBODY))
    Claim.model_validate_json(written)
    read = json.loads(written, parse_float=Decimal)
    assert read["total"]["value"] == sum(item["net"]["value"] for item in read["item"]) == sum(line.charge for line in context.claimable)
    assert all(item["unitPrice"]["value"] * item["quantity"]["value"] == item["net"]["value"] for item in read["item"])
    assert parties_of(context.known) == EVERYBODY


@given(contexts(), st.integers(-1, 201), st.integers(0, 100), st.integers(0, 100))
def test_a_statement_of_any_time_ties_to_the_ledger(context: ClaimContext, start: int, length: int, later: int) -> None:
    since = MONDAY.date() + timedelta(days=start)
    until = since + timedelta(days=length)
    as_of = until + timedelta(days=later)
    moved = context.movements
    seen = [each for each in moved if each.day <= as_of]
    standing = settlement.read([each.posting for each in seen])
    account = ClientAccount(
        since=since,
        until=until,
        as_of=as_of,
        opening=settlement.balances(each.posting for each in moved if each.day < since),
        entries=[Entry(each, "90837", "Session", MONDAY.date(), None) for each in moved if since <= each.day <= until],
        later=settlement.balances(each.posting for each in moved if until < each.day <= as_of),
        owed={MONDAY.date(): standing.owed_by_client},
        credit_of_client=settlement.funds((each.payer, each.posting) for each in seen).credit[Payer.CLIENT],
        made_at=MONDAY,
    )
    sums = statement.sums(account)
    assert sums.opening + sums.charged - sums.adjusted - sums.paid_by_client - sums.paid_by_insurer == sums.closing
    assert sums.closing + sums.later == standing.balance - standing.unapplied_credit
    assert (sums.with_insurer, sums.owed_by_client) == (standing.owed_by_insurer, standing.owed_by_client)
    assert sums.credit + sums.credit_of_insurer == standing.unapplied_credit
    assert sum(statement.ages(account.owed, as_of)) == sums.owed_by_client
    document = statement.statement(account, "A-1", NETWORK, JONAS).facts
    assert document["closing"] == dollars(sums.closing)
    assert not document["rows"] or document["rows"][-1][-1] == document["closing"]


def test_what_is_owed_moves_to_the_next_age_on_the_day_after_its_last() -> None:
    day = MONDAY.date()
    for days, place in ((0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (120, 3), (121, 4)):
        assert statement.ages({day: Decimal("1.00")}, day + timedelta(days=days)).index(Decimal("1.00")) == place
