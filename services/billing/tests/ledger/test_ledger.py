"""What became of the money: every posting balances, and the status is read off the postings alone."""

from decimal import Decimal

import pytest
from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.postings import Account, Payer, Posting, PostingKind, Standing, UnbalancedPostingError
from billing.pricing.amounts import Line, Plan, Quote, quote
from contracts.billing import PaymentStatus
from hypothesis import given, settings
from hypothesis import strategies as st

INSURED = quote([Line(code="90837", rate=Decimal(185), contract_fee=Decimal(152))], insured=True, plan=Plan(copay=Decimal(25)))
"""The client owes 25.00, the insurer 127.00; the contract takes 33.00 off."""
SELF_PAY = quote([Line(code="90834", rate=Decimal(140))])


def booked(priced: Quote = SELF_PAY) -> list[Posting]:
    return [ledger_postings.charge(priced)]


def pay(postings: list[Posting], amount: str, payer: Payer = Payer.CLIENT) -> Standing:
    postings.append(ledger_postings.payment(Decimal(amount), payer, settlement.read(postings)))
    return settlement.read(postings)


def adjust(postings: list[Posting], amount: str) -> Standing:
    postings.append(ledger_postings.adjustment(Decimal(amount)))
    return settlement.read(postings)


def test_a_charge_says_who_owes_it_and_what_was_earned() -> None:
    assert ledger_postings.charge(INSURED).entries == {
        Account.PATIENT_AR: Decimal(25),
        Account.PAYER_AR: Decimal(127),
        Account.CONTRACTUAL_ADJ: Decimal(33),
        Account.REVENUE: Decimal(-185),
    }
    assert settlement.read(booked()).status is PaymentStatus.PENDING


def test_payments_take_a_record_from_pending_to_paid() -> None:
    postings = booked()
    assert pay(postings, "40.00").status is PaymentStatus.PARTIALLY_PAID
    standing = pay(postings, "100.00")
    assert (standing.status, standing.balance) == (PaymentStatus.PAID, Decimal(0))


def test_what_a_client_pays_beyond_the_share_is_credit_and_the_insurer_still_owes() -> None:
    standing = pay(booked(INSURED), "30.00")
    assert (standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit) == (Decimal(0), Decimal(127), Decimal(5))
    assert standing.status is PaymentStatus.PARTIALLY_PAID


def test_an_insurer_that_pays_more_than_expected_lowers_what_the_client_owes() -> None:
    standing = pay(booked(INSURED), "140.00", Payer.INSURER)
    assert (standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit) == (Decimal(12), Decimal(0), Decimal(0))


def test_a_record_that_was_adjusted_away_is_written_off_but_one_partly_paid_is_paid() -> None:
    postings = booked()
    assert adjust(postings, "40.00").status is PaymentStatus.PENDING
    assert adjust(postings, "100.00").status is PaymentStatus.WRITTEN_OFF
    postings = booked()
    pay(postings, "100.00")
    assert adjust(postings, "40.00").status is PaymentStatus.PAID


def test_a_visit_that_costs_nothing_is_paid() -> None:
    postings = booked(quote([Line(code="INTRO15", rate=Decimal(0))]))
    assert (dict(postings[0].entries), settlement.read(postings).status) == ({}, PaymentStatus.PAID)


def test_a_void_takes_the_bill_back_and_keeps_the_money_as_credit() -> None:
    postings = booked(INSURED)
    pay(postings, "30.00")
    taken_back = settlement.void(postings)
    postings.append(taken_back)
    standing = settlement.read(postings)
    assert (standing.status, standing.balance, standing.unapplied_credit) == (PaymentStatus.VOIDED, Decimal(0), Decimal(30))
    left = {account: amount for account, amount in settlement.balances(postings).items() if amount}
    assert left == {Account.CASH: Decimal(30), Account.UNAPPLIED_CREDIT: Decimal(-30)}


def credit(*history: tuple[Payer | None, Posting]) -> tuple[Decimal, Decimal]:
    found = settlement.funds(history).credit
    return found[Payer.CLIENT], found[Payer.INSURER]


def test_credit_is_split_by_whose_money_it_is_also_when_the_other_payer_got_it_back() -> None:
    paid = ledger_postings.payment(Decimal("110.01"), Payer.INSURER, settlement.read([]))
    assert credit((Payer.INSURER, paid)) == (0, Decimal("110.01"))
    to_client = (Payer.CLIENT, ledger_postings.refund(Decimal("0.01")))
    assert credit((Payer.INSURER, paid), to_client) == (0, 110)
    by_client = ledger_postings.payment(Decimal(50), Payer.CLIENT, settlement.read([]))
    moved = (Payer.INSURER, ledger_postings.refund(Decimal("20.00")))
    assert credit((Payer.CLIENT, by_client), moved) == (30, 0)


def paid_by(postings: list[tuple[Payer | None, Posting]], *paid: tuple[Payer, int]) -> list[tuple[Payer | None, Posting]]:
    history = list(postings)
    for payer, amount in paid:
        history.append((payer, ledger_postings.payment(Decimal(amount), payer, settlement.read([posting for _, posting in history]))))
    return history


CHARGED: list[tuple[Payer | None, Posting]] = [(None, ledger_postings.charge(INSURED))]


def test_money_that_settles_its_payers_part_is_nobodys_credit() -> None:
    assert credit(*paid_by(CHARGED, (Payer.CLIENT, 152), (Payer.INSURER, 127))) == (127, 0)
    assert credit(*paid_by(CHARGED, (Payer.CLIENT, 25), (Payer.INSURER, 127), (Payer.INSURER, 127))) == (0, 127)
    assert credit(*paid_by(CHARGED, (Payer.INSURER, 152), (Payer.CLIENT, 25))) == (25, 0)


def test_a_payers_credit_settles_what_the_same_payer_owes_and_nothing_else() -> None:
    history = paid_by(CHARGED, (Payer.CLIENT, 152))
    assert settlement.settle(history) == []
    left_to_client = {Account.PATIENT_AR: Decimal(127), Account.PAYER_AR: Decimal(-127)}
    history.append((Payer.INSURER, Posting(PostingKind.TRANSFER, left_to_client)))
    [(payer, settled)] = settlement.settle(history)
    assert (payer, settled.entries) == (Payer.CLIENT, {Account.UNAPPLIED_CREDIT: Decimal(127), Account.PATIENT_AR: Decimal(-127)})
    assert settlement.settle([*history, (payer, settled)]) == []


def test_money_is_taken_out_of_its_payers_credit_first_and_then_owed_again() -> None:
    history = paid_by(CHARGED, (Payer.CLIENT, 40), (Payer.INSURER, 127))
    taken = settlement.withdraw(Decimal(40), Payer.CLIENT, history, PostingKind.PAYMENT)
    assert taken is not None
    assert taken.entries == {Account.CASH: Decimal(-40), Account.UNAPPLIED_CREDIT: Decimal(15), Account.PATIENT_AR: Decimal(25)}
    assert settlement.withdraw(Decimal(41), Payer.CLIENT, history, PostingKind.PAYMENT) is None
    assert settlement.withdraw(Decimal(128), Payer.INSURER, history, PostingKind.PAYMENT) is None


def test_a_posting_that_does_not_balance_cannot_be_made() -> None:
    with pytest.raises(UnbalancedPostingError):
        Posting(PostingKind.PAYMENT, {Account.CASH: Decimal(1)})


steps = st.lists(st.tuples(st.sampled_from([*Payer, None]), st.decimals("0.01", 200, places=2)), max_size=8)


@settings(deadline=None)
@given(steps, st.booleans())
def test_whatever_is_paid_and_adjusted_the_ledger_balances_and_nobody_owes_less_than_nothing(
    taken: list[tuple[Payer | None, Decimal]],
    voided: bool,  # noqa: FBT001
) -> None:
    postings = booked(INSURED)
    for payer, amount in taken:
        standing = settlement.read(postings)
        if payer is not None:
            postings.append(ledger_postings.payment(amount, payer, standing))
        elif amount <= standing.owed_by_client:
            postings.append(ledger_postings.adjustment(amount))
    if voided:
        postings.append(settlement.void(postings))
    standing = settlement.read(postings)
    assert sum(settlement.balances(postings).values()) == 0
    assert min(standing.owed_by_client, standing.owed_by_insurer, standing.unapplied_credit) >= 0
    assert (standing.status is PaymentStatus.VOIDED) == voided
