"""What people gave off or gave up of what is owed: granted, taken back by an insurer's answer, and granted again; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from billing.ledger.postings import RECEIVABLE, Account, Payer, Posting, PostingKind, Standing, adjustment, balanced, write_off
from billing.pricing.amounts import ZERO

GIVEN_OFF = {PostingKind.WRITE_OFF: Account.BAD_DEBT, PostingKind.ADJUSTMENT: Account.DISCOUNT}
"""Where it stands what people gave up, and what they gave off."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Something that somebody gave off or gave up on a record."""

    kind: PostingKind
    payer: Payer
    """Who need not pay it."""
    amount: Decimal
    reason: str | None = None


def granted(posting: Posting, payer: Payer | None, reason: str | None) -> Grant | None:
    """Return what a posting gave off by a human's decision; None where it is about something else."""
    account = GIVEN_OFF.get(posting.kind)
    amount = posting.entries.get(account, ZERO) if account else ZERO
    return Grant(posting.kind, payer or Payer.CLIENT, amount, reason) if amount > 0 else None


def grant_again(grants: Iterable[Grant], standing: Standing) -> list[tuple[Grant, Posting | None]]:
    """Give off the same on another record, which stands so, as far as it is owed there; None where nothing of it is."""
    left = {Payer.CLIENT: standing.owed_by_client, Payer.INSURER: standing.owed_by_insurer}
    given: list[tuple[Grant, Posting | None]] = []
    for grant in grants:
        amount = min(grant.amount, left[grant.payer])
        left[grant.payer] -= amount
        fits = adjustment(amount) if grant.kind is PostingKind.ADJUSTMENT else write_off(amount, grant.payer)
        given.append((grant, fits if amount > 0 else None))
    return given


def given_off(kind: PostingKind, payer: Payer, postings: Iterable[Posting]) -> Decimal:
    """Return what people gave off or gave up of a payer's part, less what was taken back of it."""
    account = GIVEN_OFF[kind]
    stated = (each.entries for each in postings if each.kind is kind and RECEIVABLE[payer] in each.entries)
    return sum((entries.get(account, ZERO) for entries in stated), ZERO)


Given = Mapping[tuple[PostingKind, Payer], Decimal]
"""What is given off or given up of a payer's part, by kind and payer."""


def given_by(history: Iterable[tuple[UUID, UUID | None, Payer | None, Posting]]) -> Given:
    """Return what of a payer's part is given off or given up by postings that nobody reversed, by kind and payer.

    ``history`` has each posting's id, the id of the one that it reverses, and its payer.
    """
    steps = list(history)
    reversed_ = {reverses_id for _, reverses_id, _, _ in steps}
    given: defaultdict[tuple[PostingKind, Payer], Decimal] = defaultdict(lambda: ZERO)
    for key, _, payer, posting in steps:
        grant = granted(posting, payer, None)
        if grant is not None and key not in reversed_:
            given[grant.kind, grant.payer] += grant.amount
    return dict(given)


def takes_back_a_grant(posting: Posting) -> bool:
    """Whether a posting takes back what people gave off or gave up."""
    account = GIVEN_OFF.get(posting.kind)
    return account is not None and posting.entries.get(account, ZERO) < 0


def give_again(taken_back: Posting, given: Given, postings: Iterable[Posting]) -> Posting:
    """Take back a posting that had taken back what people gave off: so much of it comes back as they have not reversed since."""
    account = GIVEN_OFF[taken_back.kind]
    payer = Payer.CLIENT if Account.PATIENT_AR in taken_back.entries else Payer.INSURER
    still = given.get((taken_back.kind, payer), ZERO) - given_off(taken_back.kind, payer, postings)
    amount = min(-taken_back.entries[account], max(still, ZERO))
    return balanced(taken_back.kind, {account: amount, RECEIVABLE[payer]: -amount})


def give_more(owed: Decimal, given: Given, postings: Sequence[Posting]) -> list[Posting]:
    """Give off of what the client owes again what people gave off, and an insurer's earlier answer had made needless."""
    again: list[Posting] = []
    for kind, account in GIVEN_OFF.items():
        amount = min(owed, given.get((kind, Payer.CLIENT), ZERO) - given_off(kind, Payer.CLIENT, postings))
        if amount > 0:
            again.append(balanced(kind, {account: amount, Account.PATIENT_AR: -amount}))
            owed -= amount
    return again


def recover(paid: Decimal, postings: Sequence[Posting]) -> Posting:
    """Take back so much of what was given up of the insurer's part as the insurer has paid of it after all."""
    amount = min(max(paid, ZERO), given_off(PostingKind.WRITE_OFF, Payer.INSURER, postings))
    return balanced(PostingKind.WRITE_OFF, {Account.BAD_DEBT: -amount, Account.PAYER_AR: amount})
