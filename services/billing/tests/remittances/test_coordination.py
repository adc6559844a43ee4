"""A second insurer's answer is posted next to the first's: both pay, the contract stays, and the client owes what is left."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest
from back_office import Clinic
from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.postings import Account, Payer, Posting
from billing.remittances import coordination
from billing.remittances.coordination import GivenAnswer
from billing.remittances.decision import Decision, answer_claim, objections, reverse, shares_of
from billing.x12.interchange import Finding
from hypothesis import given
from hypothesis import strategies as st
from insurer import Answer, answer, as_expected, claim, claim_says, write_835
from remittances.test_remittance_posting import BILLED, CHARGE, REQUESTED, owed, reported
from remittances.test_remittances import park, receive, send, stand

MUTUAL: Final = "1987654321"
OTHER: Final = "1555000111"
"""The first and the second insurer, as TRN03 names them."""
CROSSED: Final = ("OA-23 160.00", "PR-3 5.00")
"""Of 185.00 the first insurer paid 127.00 and took 33.00 off; the second leaves 5.00 of the other 25.00 to the client and pays 20.00."""


@pytest.mark.parametrize("status", ["2", "20"])
async def test_a_crossover_adds_the_second_insurers_payment_and_keeps_what_the_first_decided(clinic: Clinic, status: str) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number, status="19"))
    second = answer(claimed.control_number, *CROSSED, status=status, payer_reference="SB-1")
    found = await receive(clinic, second, trace="EFT-7000", payer=OTHER)
    assert [each["outcome"] for each in found["claims"]] == ["paid"]
    assert [each["kind"] for each in found["claims"][0]["postings"]] == ["transfer", "payment"]
    assert await stand(clinic, claimed) == ("partially_paid", "5.00", "0.00", "0.00")
    at = (await clinic.ledger(claimed.record))["balances"]
    assert (at["contractual_adj"], at["cash"]) == ("33.00", "147.00")
    assert await claim_says(clinic, claimed) == ("paid", "HM-99017"), "the number is the first insurer's"
    again = await send(clinic, write_835([second], trace="EFT-7001", payer=OTHER))
    assert [error["code"] for error in again.json()["errors"]] == ["answered-already"]
    await receive(clinic, second.taken_back(), trace="EFT-7002", payer=OTHER)
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")
    assert (await claim_says(clinic, claimed))[0] == "paid"


async def test_a_second_insurer_that_pays_nothing_leaves_a_paid_record_paid(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    await clinic.pay(claimed.record, "25.00")
    for number, refusal in enumerate((["OA-23 160.00", "CO-96 25.00"], ["CO-31 185.00"])):
        found = await receive(clinic, answer(claimed.control_number, *refusal, status="24"[number]), trace=f"EFT-710{number}", payer=OTHER)
        assert [each["outcome"] for each in found["claims"]] == ["denied"]
        assert await stand(clinic, claimed) == ("paid", "0.00", "0.00", "0.00")
    assert (await claim_says(clinic, claimed))[0] == "paid"


async def test_a_second_insurers_answer_waits_for_the_first_insurers(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    text = write_835([answer(claimed.control_number, *CROSSED, status="2")], trace="EFT-7200", payer=OTHER)
    codes, _ = await park(clinic, text)
    assert codes == ["prior-answer-missing"]
    await receive(clinic, as_expected(claimed.control_number))
    assert (await send(clinic, text)).json()["status"] == "posted"
    assert await stand(clinic, claimed) == ("partially_paid", "5.00", "0.00", "0.00")


async def test_three_insurers_answer_in_one_file_and_take_it_back_in_one(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    number = claimed.control_number
    answers = [
        answer(number, "OA-23 180.00", status="21", payer_reference="T-1"),
        answer(number, *CROSSED, status="20", payer_reference="S-1"),
        as_expected(number, status="19", payer_reference="F-1"),
    ]
    await receive(clinic, *answers)
    assert await stand(clinic, claimed) == ("paid", "0.00", "0.00", "0.00")
    codes, _ = await park(clinic, write_835([answers[2].taken_back()], trace="EFT-7300"))
    assert codes == ["later-answer-stands"]
    await receive(clinic, *(each.taken_back() for each in reversed(answers)), trace="EFT-7301")
    assert await stand(clinic, claimed) == ("submitted", "25.00", "127.00", "0.00")
    assert (await claim_says(clinic, claimed))[0] == "reversed"


async def test_another_insurers_reversal_does_not_take_the_first_insurers_answer_back(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    first = as_expected(claimed.control_number)
    await receive(clinic, first)
    stranger = answer(claimed.control_number, "CO-45 33.00", "PR-3 25.00", payer_reference="SB-1").taken_back()
    codes, _ = await park(clinic, write_835([stranger], trace="EFT-7400", payer=OTHER))
    assert codes == ["nothing-to-reverse"]
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


@dataclass
class Money:
    """A record's money while insurers answer, without a database."""

    postings: list[Posting] = field(default_factory=lambda: list(BILLED))
    standing: list[GivenAnswer] = field(default_factory=list[GivenAnswer])

    def post(self, written: Answer, payer: str) -> list[Posting] | str:
        """Post an answer and return what it posted, or the code of what speaks against it."""
        stated = reported(written)
        sequence = coordination.sequence_of(stated, payer, self.standing)
        if problems := list(objections(REQUESTED, stated, sequence)):
            return problems[0].code
        shares = shares_of(stated, sequence, self.standing)
        if isinstance(shares, Finding):
            return shares.code
        posted = [step.posting for step in answer_claim(REQUESTED, self.postings, stated, shares).steps]
        self.postings += posted
        self.standing.insert(0, GivenAnswer(sequence, payer, stated))
        return posted

    def take_back(self, written: Answer, posted: list[Posting]) -> None:
        """Take the latest answer back."""
        decided = reverse(self.postings, posted, reported(written.taken_back()))
        assert isinstance(decided, Decision)
        self.postings += [step.posting for step in decided.steps]
        self.standing.pop(0)


cents = st.integers(0, 18_500).map(lambda amount: Decimal(amount) / 100)


def parts(total: Decimal, cuts: list[Decimal]) -> list[Decimal]:
    """Cut a sum at places between nothing and itself."""
    places = [Decimal("0.00"), *sorted(min(cut, total) for cut in cuts), total]
    return [after - before for before, after in pairwise(places)]


def written(shares: list[tuple[str, str, Decimal]], status: str, number: str) -> Answer:
    return Answer("1", CHARGE, tuple(share for share in shares if share[2]), status, payer_reference=number)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Answer, Answer, tuple[Decimal, Decimal, Decimal, Decimal]]:
    """Let a first insurer decide in any way and a second one of what is left; state what both pay, leave, take off and refuse."""
    paid, off, patient, refused = parts(CHARGE, draw(st.lists(cents, min_size=3, max_size=3)))
    first = written([("CO", "45", off), ("PR", "1", patient), ("CO", "197", refused)], draw(st.sampled_from(["1", "19"])), "F-1")
    if coordination.is_whole_denial(reported(first)):
        paid, off, patient, refused = Decimal(0), Decimal(0), Decimal(0), CHARGE
    how = draw(st.sampled_from(["payments", "contract", "everything"]))
    # A second insurer that counts the payments alone takes at least as much off as the first.
    counts = paid + (off if how != "payments" else 0) + (refused if how == "everything" else 0)
    own = off if how == "payments" else Decimal(0)
    paid2, off2, patient2, refused2 = parts(CHARGE - counts - own, draw(st.lists(cents, min_size=3, max_size=3)))
    second = written(
        [("OA", "23", counts), ("CO", "45", off2 + own), ("PR", "2", patient2), ("PI", "50", refused2)],
        draw(st.sampled_from(["2", "20"])),
        "S-1",
    )
    both = (
        paid + paid2,
        patient2,
        off2 + own + (off if how != "payments" else 0),
        refused2 + (refused if how == "everything" else 0),
    )
    return first, second, both


@given(pairs(), st.booleans())
def test_two_insurers_answers_end_at_the_sums_of_both_in_either_order(
    pair: tuple[Answer, Answer, tuple[Decimal, Decimal, Decimal, Decimal]],
    second_comes_first: bool,  # noqa: FBT001 (drawn)
) -> None:
    first, second, (paid, patient, off, refused) = pair
    account = Money()
    if second_comes_first:
        assert account.post(second, OTHER) == "prior-answer-missing"
        assert account.postings == BILLED
    assert isinstance(account.post(first, MUTUAL), list)
    before = settlement.balances(account.postings)
    posted = account.post(second, OTHER)
    assert isinstance(posted, list), posted
    at = settlement.balances(account.postings)
    assert at.get(Account.CASH, 0) == paid
    if coordination.is_whole_denial(reported(second)):
        assert at == before
    else:
        assert at.get(Account.CONTRACTUAL_ADJ, 0) == off
        assert owed(account.postings) == (patient, refused, 0)


@given(pairs(), cents)
def test_answers_are_posted_once_and_taken_back_to_the_cent_the_later_one_first(
    pair: tuple[Answer, Answer, tuple[Decimal, Decimal, Decimal, Decimal]], client_pays: Decimal
) -> None:
    first, second, _ = pair
    account = Money()
    account.postings.append(ledger_postings.payment(client_pays + Decimal("0.01"), Payer.CLIENT, settlement.read(BILLED)))
    standings = [settlement.read(account.postings)]
    steps = []
    for each, payer in ((first, MUTUAL), (second, OTHER)):
        posted = account.post(each, payer)
        assert isinstance(posted, list), posted
        steps.append((each, posted))
        standings.append(settlement.read(account.postings))
        assert min(standings[-1].owed_by_client, standings[-1].owed_by_insurer, standings[-1].unapplied_credit) >= 0
    for each, payer in ((first, MUTUAL), (second, OTHER)):
        if not coordination.is_whole_denial(reported(each)) and not coordination.is_whole_denial(reported(second)):
            count = len(account.postings)
            assert account.post(each, payer) == "answered-already"
            assert len(account.postings) == count
    for before, (each, posted) in zip(reversed(standings[:-1]), reversed(steps), strict=True):
        account.take_back(each, posted)
        now = settlement.read(account.postings)
        assert (now.owed_by_client, now.owed_by_insurer, now.unapplied_credit) == (
            before.owed_by_client,
            before.owed_by_insurer,
            before.unapplied_credit,
        )


@given(pairs(), cents)
def test_a_second_insurer_that_counts_another_sum_than_the_first_decided_needs_a_human(
    pair: tuple[Answer, Answer, tuple[Decimal, Decimal, Decimal, Decimal]], count: Decimal
) -> None:
    first, _, _ = pair
    shares = coordination.alone(reported(first))
    second = written([("OA", "23", count), ("PR", "2", CHARGE - count)], "2", "S-1")
    account = Money()
    account.post(first, MUTUAL)
    fits = {shares.paid + shares.contractual + shares.denied, shares.paid + shares.contractual}
    fits |= {shares.paid} if shares.contractual == 0 else set()
    posted = account.post(second, OTHER)
    expected = list if count in fits else str
    assert isinstance(posted, expected), (posted, count, shares)


def test_an_insurer_that_denies_anew_keeps_its_place() -> None:
    given = [GivenAnswer(2, OTHER, reported(answer("1", *CROSSED, status="2"))), GivenAnswer(1, MUTUAL, reported(as_expected("1")))]
    denial = reported(answer("1", "CO-197 185.00", status="4"))
    assert coordination.sequence_of(denial, MUTUAL, given) == 1
    assert coordination.sequence_of(denial, OTHER, given) == 2
    assert coordination.sequence_of(denial, "1777000222", given) == 3
    counting = reported(answer("1", "OA-23 160.00", "CO-96 25.00", status="4"))
    assert coordination.sequence_of(counting, MUTUAL, given[1:]) == 2, "the same insurer has two plans of the client"


def test_a_first_insurer_that_counts_an_insurer_before_it_contradicts_itself() -> None:
    assert Money().post(answer("1", *CROSSED), MUTUAL) == "order-contradicts"
