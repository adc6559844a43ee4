"""What an insurer's answer does to a record's money: afterwards everybody owes what the answer states."""

from decimal import Decimal
from typing import Final

import pytest
from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.postings import Account, Payer, Posting, PostingKind
from billing.payment_advice import x12_835
from billing.payment_advice.advice import ClaimPayment
from billing.pricing.amounts import Line, Plan, quote
from billing.remittances.decision import ClaimedAmounts, Decision, Outcome, answer_claim, objections, reverse
from billing.x12.interchange import Finding
from contracts.billing import PaymentStatus
from hypothesis import given, settings
from hypothesis import strategies as st
from insurer import Answer, answer, as_expected, write_835
from testing.properties import examples

CHARGE: Final = Decimal("185.00")
REQUESTED: Final = ClaimedAmounts(CHARGE, Decimal("25.00"), Decimal(0))
BILLED: Final = [
    ledger_postings.charge(quote([Line(code="90837", rate=CHARGE, contract_fee=Decimal(152))], insured=True, plan=Plan(copay=Decimal(25)))),
    ledger_postings.claimed(),
]
"""The client owes 25.00, the insurer 127.00; the contract takes 33.00 off."""


def reported(written: Answer) -> ClaimPayment:
    return only_claim(write_835([written]))


def only_claim(text: str) -> ClaimPayment:
    found = x12_835.read(text).remittance
    assert found is not None
    [claim] = found.claims
    return claim


def answered(
    *adjustments: str, after: list[Posting] = BILLED, claimed_amounts: ClaimedAmounts = REQUESTED, status: str = "1"
) -> tuple[Outcome, list[Posting]]:
    claim = reported(answer("1", *adjustments, charge=str(claimed_amounts.charge), status=status))
    assert list(objections(claimed_amounts, claim)) == []
    decision = answer_claim(claimed_amounts, after, claim)
    return decision.outcome, [*after, *(step.posting for step in decision.steps)]


def owed(postings: list[Posting]) -> tuple[Decimal, Decimal, Decimal]:
    standing = settlement.read(postings)
    return standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit


def paid_by_client(amount: str, postings: list[Posting] = BILLED) -> list[Posting]:
    return [*postings, ledger_postings.payment(Decimal(amount), Payer.CLIENT, settlement.read(postings))]


def test_an_answer_as_expected_is_only_the_payment() -> None:
    outcome, postings = answered("CO-45 33.00", "PR-3 25.00")
    assert outcome is Outcome.PAID
    assert [posting.entries for posting in postings[2:]] == [{Account.CASH: Decimal(127), Account.PAYER_AR: Decimal(-127)}]
    assert owed(postings) == (25, 0, 0)


@pytest.mark.parametrize(
    ("adjustments", "client", "insurer"),
    [
        (["CO-45 43.00", "PR-3 25.00"], 25, 0),
        (["CO-45 23.00", "PR-3 25.00"], 25, 0),
        (["CO-45 33.00", "PR-1 152.00"], 152, 0),
        (["CO-45 33.00", "PR-1 50.00", "PR-2 10.20", "PR-3 25.00"], Decimal("85.20"), 0),
        (["CO-45 33.00"], 0, 0),
        (["PR-27 185.00"], 185, 0),
        (["CO-45 33.00", "PR-3 25.00", "CO-151 40.00"], 25, 40),
        (["CO-45 185.00"], 0, 0),
        (["PR-1 50.00", "CO-197 135.00"], 50, 135),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_afterwards_each_owes_what_the_insurer_says(adjustments: list[str], client: Decimal, insurer: Decimal) -> None:
    _, postings = answered(*adjustments)
    assert owed(postings) == (client, insurer, 0)


def test_a_denial_moves_nothing_and_leaves_the_insurers_part_open() -> None:
    for adjustments, status in ((["CO-197 185.00"], "4"), (["CO-16 185.00"], "1"), (["CO-45 33.00", "PI-50 152.00"], "1")):
        outcome, postings = answered(*adjustments, status=status)
        assert (outcome, owed(postings)) == (Outcome.DENIED, (25, 127, 0))
        assert [posting.kind for posting in postings[2:]] == [PostingKind.DENIAL]
        assert settlement.read(postings).status is PaymentStatus.DENIED


@pytest.mark.parametrize(
    ("plan", "uncounted", "paid", "afterwards"),
    [
        (Plan(deductible_remaining=Decimal(400)), "152.00", "0.00", (0, 152, 0)),
        (Plan(deductible_remaining=Decimal(400)), "152.00", "152.00", (0, 152, 152)),
        (Plan(deductible_remaining=Decimal(50), copay=Decimal(25)), "50.00", "0.00", (25, 127, 0)),
    ],
    ids=["all of it", "paid already", "in part"],
)
def test_after_a_denial_the_client_is_not_asked_for_what_the_plan_does_not_count(
    plan: Plan, uncounted: str, paid: str, afterwards: tuple[int, int, int]
) -> None:
    priced = quote([Line(code="90837", rate=CHARGE, contract_fee=Decimal(152))], insured=True, plan=plan)
    claimed_amounts = ClaimedAmounts(CHARGE, priced.patient, Decimal(0), Decimal(uncounted))
    billed = [ledger_postings.charge(priced), ledger_postings.claimed()]
    outcome, postings = answered("CO-197 185.00", after=paid_by_client(paid, billed), claimed_amounts=claimed_amounts, status="4")
    assert (outcome, owed(postings), settlement.read(postings).status) == (Outcome.DENIED, afterwards, PaymentStatus.DENIED)
    _, postings = answered("CO-45 33.00", "PR-1 152.00", after=[*postings, ledger_postings.claimed()], claimed_amounts=claimed_amounts)
    client, insurer, credit = owed(postings)
    assert (client - credit, insurer) == (152 - Decimal(paid), 0), "the appeal has brought the deductible back"


def test_a_denial_names_the_reasons_that_no_contract_explains_the_dearest_first() -> None:
    claim = reported(answer("1", "CO-45 33.00", "CO-16 52.00", "PI-50 100.00", status="4"))
    [step] = answer_claim(REQUESTED, BILLED, claim).steps
    assert step.reason == "PI-50, CO-16"


def test_after_a_denial_the_insurer_pays_after_all() -> None:
    _, postings = answered("CO-197 185.00", status="4")
    outcome, postings = answered("CO-45 33.00", "PR-3 25.00", after=[*postings, ledger_postings.claimed()])
    assert (outcome, owed(postings)) == (Outcome.PAID, (25, 0, 0))


def test_a_client_who_paid_more_than_the_insurer_leaves_to_them_has_credit() -> None:
    _, postings = answered("CO-45 33.00", "PR-3 10.00", after=paid_by_client("25.00"))
    assert owed(postings) == (0, 0, 15)


@pytest.mark.parametrize(
    ("given", "reported", "left", "credit"),
    [
        ([ledger_postings.adjustment(Decimal(25))], ["CO-45 33.00"], 0, 0),
        ([ledger_postings.write_off(Decimal(25), Payer.CLIENT)], ["CO-45 33.00", "PR-3 10.00"], 10, 0),
        ([ledger_postings.write_off(Decimal(127), Payer.INSURER)], ["CO-45 33.00", "PR-1 152.00"], 0, 0),
        ([ledger_postings.adjustment(Decimal(10))], ["CO-45 33.00"], 0, 15),
    ],
    ids=["adjustment", "write-off of the client", "write-off of the insurer", "adjustment and payment"],
)
def test_what_was_given_off_and_is_not_owed_after_all_is_no_credit(
    given: list[Posting], reported: list[str], left: int, credit: int
) -> None:
    before = [*BILLED, *given]
    if credit:
        before = paid_by_client("15.00", before)
    _, postings = answered(*reported, after=before)
    taken_off = settlement.balances(postings)
    assert taken_off.get(Account.DISCOUNT, 0) + taken_off.get(Account.BAD_DEBT, 0) == left
    assert owed(postings)[1:] == (0, credit)


def test_an_insurer_that_pays_twice_has_paid_credit() -> None:
    _, postings = answered("CO-45 33.00", "PR-3 25.00")
    _, postings = answered("CO-45 33.00", "PR-3 25.00", after=postings)
    assert owed(postings) == (25, 0, 127)


def test_what_the_clinic_gave_off_lowers_what_the_insurer_leaves_to_the_client() -> None:
    claimed_amounts = ClaimedAmounts(CHARGE, Decimal("129.50"), Decimal("55.50"))
    charge = {Account.PATIENT_AR: Decimal("129.50"), Account.DISCOUNT: Decimal("55.50"), Account.REVENUE: -CHARGE}
    _, postings = answered("CO-45 33.00", "PR-3 100.00", after=[Posting(PostingKind.CHARGE, charge)], claimed_amounts=claimed_amounts)
    assert owed(postings) == (Decimal("44.50"), 0, 0)


def test_what_the_client_owes_for_lines_that_no_insurer_was_asked_for_stays() -> None:
    charge = {
        Account.PATIENT_AR: Decimal(35),
        Account.PAYER_AR: Decimal(127),
        Account.CONTRACTUAL_ADJ: Decimal(33),
        Account.REVENUE: Decimal(-195),
    }
    _, postings = answered("CO-45 33.00", "PR-3 30.00", after=[Posting(PostingKind.CHARGE, charge)])
    assert owed(postings) == (40, 0, 0)


def test_money_for_a_voided_record_is_its_unapplied_credit() -> None:
    outcome, postings = answered("CO-45 33.00", "PR-3 25.00", after=[*BILLED, settlement.void(BILLED)])
    assert (outcome, owed(postings)) == (Outcome.CREDITED, (0, 0, 127))
    assert settlement.read(postings).status is PaymentStatus.VOIDED


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (as_expected("1", charge="184.00"), ["charge-differs"]),
        (as_expected("1", status="25"), ["not-an-answer"]),
        (as_expected("1", status="77"), ["not-an-answer"]),
        (answer("1", "CO-45 193.00", "PR-3 -8.00"), ["negative-share"]),
        (answer("1", "CO-45 33.00", "CO-16 -1.00"), ["negative-share"]),
        (as_expected("1", charge="-185.00"), ["negative-share"]),
        (as_expected("1").taken_back(), []),
        (as_expected("1"), []),
    ],
    ids=str,
)
def test_an_answer_that_fits_no_claim_needs_a_human(written: Answer, expected: list[str]) -> None:
    assert [finding.code for finding in objections(REQUESTED, reported(written))] == expected


def test_an_insurer_that_contradicts_itself_needs_a_human() -> None:
    text = write_835([as_expected("1")]).replace("*127.00*25.00*", "*127.00*30.00*")
    assert [finding.code for finding in objections(REQUESTED, only_claim(text))] == ["client-share-contradicts"]


def refused(postings: list[Posting], earlier: list[Posting], written: Answer) -> str:
    decided = reverse(postings, earlier, reported(written))
    assert isinstance(decided, Finding)
    return decided.code


def test_what_was_handed_out_already_is_not_taken_back_without_a_human() -> None:
    _, postings = answered("CO-45 33.00", "PR-3 25.00")
    earlier = postings[2:]
    assert refused(postings, earlier, answer("1", "CO-45 33.00", "PR-3 24.00").taken_back()) == "reversal-differs"
    voided = [*postings, settlement.void(postings)]
    assert refused([*voided, ledger_postings.refund(Decimal("0.01"))], earlier, as_expected("1").taken_back()) == "credit-is-gone"
    decided = reverse(voided, earlier, reported(as_expected("1").taken_back()))
    assert isinstance(decided, Decision)
    assert owed([*voided, *(step.posting for step in decided.steps)]) == (0, 0, 0)


cents = st.integers(0, 18_500).map(lambda amount: Decimal(amount) / 100)
reasons = st.sampled_from([("CO", "45"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("CO", "197"), ("PI", "50"), ("OA", "18"), ("CO", "253")])
statuses = st.sampled_from(["1", "4", "19"])


@st.composite
def answers(draw: st.DrawFn) -> ClaimPayment:
    """Answer in any way that balances: the charge is cut at random places, and what is left of it, often nothing, is paid."""
    cuts = sorted(draw(st.lists(cents, max_size=5))) + draw(st.sampled_from([[], [CHARGE]]))
    parts = [after - before for before, after in zip([Decimal("0.00"), *cuts], cuts, strict=False)]
    adjustments = tuple((*draw(reasons), part) for part in parts if part)
    return reported(Answer("1", CHARGE, adjustments, draw(statuses), of_the_claim=draw(st.booleans())))


@st.composite
def histories(draw: st.DrawFn) -> list[Posting]:
    """Let somebody pay, be given something off or be written off before the answer."""
    postings = list(BILLED)
    for kind in draw(st.lists(st.sampled_from(["client", "insurer", "adjustment", "bad debt"]), max_size=3)):
        standing, amount = settlement.read(postings), draw(cents) + Decimal("0.01")
        if kind == "adjustment":
            postings.append(ledger_postings.adjustment(min(amount, standing.owed_by_client)))
        elif kind == "bad debt":
            postings.append(ledger_postings.write_off(min(amount, standing.owed_by_insurer), Payer.INSURER))
        else:
            postings.append(ledger_postings.payment(amount, Payer(kind), standing))
    return postings


def steps(decision: Decision | Finding) -> list[Posting]:
    assert isinstance(decision, Decision)
    return [step.posting for step in decision.steps]


def check(postings: list[Posting]) -> None:
    """Assert that nobody owes less than nothing, and that there is no credit without money."""
    standing = settlement.read(postings)
    assert min(standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit) >= 0
    assert standing.unapplied_credit <= settlement.balances(postings).get(Account.CASH, 0)


@settings(max_examples=examples(60))
@given(answers())
def test_receivables_end_at_exactly_what_the_insurer_says(claim: ClaimPayment) -> None:
    decision = answer_claim(REQUESTED, BILLED, claim)
    postings = [*BILLED, *steps(decision)]
    check(postings)
    moved = settlement.balances(steps(decision))
    assert moved.get(Account.CASH, 0) == claim.paid
    assert not {Account.REVENUE, Account.DISCOUNT, Account.BAD_DEBT} & moved.keys()
    if decision.outcome is Outcome.DENIED and claim.patient == 0:
        assert (moved, claim.paid) == ({}, 0)
        return
    contract = sum(each.amount for each in claim.all_adjustments if each.code in {"CO-45", "CO-253"})
    assert settlement.balances(postings).get(Account.CONTRACTUAL_ADJ, 0) == contract
    assert owed(postings) == (claim.patient, CHARGE - claim.patient - contract - claim.paid, 0)


@settings(max_examples=examples(60))
@given(histories(), answers())
def test_a_reversal_brings_back_the_standing_before_to_the_cent(before: list[Posting], claim: ClaimPayment) -> None:
    posted = steps(answer_claim(REQUESTED, before, claim))
    check([*before, *posted])
    back = Answer("1", -CHARGE, tuple((each.group, each.reason, -each.amount) for each in claim.all_adjustments), "22")
    undone = steps(reverse([*before, *posted], posted, reported(back)))
    assert settlement.balances([*before, *posted, *undone]).items() >= settlement.balances(before).items()
    assert settlement.read([*before, *posted, *undone]) == settlement.read(before)


@settings(max_examples=examples(60))
@given(histories(), st.lists(answers(), min_size=1, max_size=3), cents)
def test_no_part_is_ever_negative_whatever_comes_in_whichever_order(
    before: list[Posting], claims: list[ClaimPayment], paid: Decimal
) -> None:
    postings = list(before)
    for claim in claims:
        posted = steps(answer_claim(REQUESTED, postings, claim))
        postings += posted
        check(postings)
        postings.append(ledger_postings.payment(paid + Decimal("0.01"), Payer.CLIENT, settlement.read(postings)))
        back = Answer("1", -CHARGE, tuple((each.group, each.reason, -each.amount) for each in claim.all_adjustments), "22")
        postings += steps(reverse(postings, posted, reported(back)))
        check(postings)
    assert sum(settlement.balances(postings).values()) == 0
