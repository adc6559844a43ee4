"""What a visit costs and who owes it: one pure function for the price before the booking and for the record after it.

Money is Decimal, rounded half-up to the cent on each line and never before; what must add up is split by largest
remainder. Always: charge = contractual adjustment + other adjustment + patient + insurer. Amounts are in dollars.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from contracts.catalog import Claimable, Kind
from contracts.types import Code

from billing.pricing import flags
from billing.pricing.flags import Flag

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
HUNDRED: Final = Decimal(100)
NOTHING_ELSE: Final[Mapping[Code, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Component:
    """A code inside a composite; its own rate is its weight when the composite's price is split."""

    code: Code
    rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service to be priced, with the rules that its code brings along."""

    code: Code
    rate: Decimal
    units: int = 1
    contract_fee: Decimal | None = None
    """What the client's payer has agreed to per unit; None where no contract is on file."""
    kind: Kind = Kind.BASE
    claimable: Claimable = Claimable.INSURANCE
    components: tuple[Component, ...] = ()
    requires_primary: tuple[Code, ...] = ()
    """An add-on stands beside one of these; beside any other code when empty."""
    excludes_same_day: tuple[Code, ...] = ()
    max_units_per_day: int | None = None

    @property
    def insurable(self) -> bool:
        """Whether an insurer may be billed; composite, fee and internal lines never reach one."""
        return self.claimable is Claimable.INSURANCE and self.kind in {Kind.BASE, Kind.ADD_ON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an insurance plan leaves to its member, as of the date of service."""

    copay: Decimal = ZERO
    coinsurance_percent: Decimal = ZERO
    deductible_remaining: Decimal = ZERO
    out_of_pocket_remaining: Decimal | None = None
    """None where the plan has no maximum."""
    copay_after_deductible: bool = True
    """Otherwise a visit with a copay is free of the deductible."""

    def __post_init__(self) -> None:
        """Refuse a plan that no insurer sells."""
        amounts = (self.copay, self.deductible_remaining, self.out_of_pocket_remaining or ZERO)
        if min(amounts) < 0 or not 0 <= self.coinsurance_percent <= HUNDRED:
            message = f"a plan's amounts are not negative and its coinsurance lies between 0 and 100 percent: {self}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One billable line and who owes what of it."""

    code: Code
    units: int
    rate: Decimal
    charge: Decimal
    allowed: Decimal
    contractual_adjustment: Decimal = ZERO
    other_adjustment: Decimal = ZERO
    deductible: Decimal = ZERO
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO
    patient: Decimal
    insurer: Decimal = ZERO
    claimable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A whole visit, priced."""

    lines: tuple[PricedLine, ...]
    covered: bool
    """Whether a plan takes part in at least one line."""
    charge: Decimal
    allowed: Decimal
    contractual_adjustment: Decimal
    other_adjustment: Decimal
    deductible: Decimal
    copay: Decimal
    coinsurance: Decimal
    patient: Decimal
    insurer: Decimal
    flags: tuple[Flag, ...]


class UnbalancedError(ArithmeticError):
    """A price whose parts do not make up its charge: a bug, never a bill."""


def quote(
    lines: Sequence[Line],
    *,
    insured: bool = False,
    plan: Plan | None = None,
    discount: Decimal = ZERO,
    same_day: Mapping[Code, int] = NOTHING_ELSE,
    whose_is_known: bool = True,
) -> Quote:
    """Return the price of a visit, line by line and in sum, with what staff should know about it as flags.

    ``discount`` is an amount: it takes from what is owed outside insurance, at most all of it. ``same_day`` are the units by code that the
    client has elsewhere on that day. An insured client without a plan on file owes everything, which is flagged; as an estimate where the
    client of the visit is not given. UnbalancedError where the parts of a line do not make up its charge, which is a bug.
    """
    acting = plan if insured else None
    priced = _price([part for line in lines for part in _parts(line)], acting, discount)
    for line in priced:
        _check(line)
    return Quote(
        lines=priced,
        covered=acting is not None and any(line.insurable for line in lines),
        charge=_total(line.charge for line in priced),
        allowed=_total(line.allowed for line in priced),
        contractual_adjustment=_total(line.contractual_adjustment for line in priced),
        other_adjustment=_total(line.other_adjustment for line in priced),
        deductible=_total(line.deductible for line in priced),
        copay=_total(line.copay for line in priced),
        coinsurance=_total(line.coinsurance for line in priced),
        patient=_total(line.patient for line in priced),
        insurer=_total(line.insurer for line in priced),
        flags=(*(_insurance_flags(lines, acting, whose_is_known=whose_is_known) if insured else ()), *code_flags(lines, same_day)),
    )


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return the parts of an amount in proportion to the weights, to the cent, by largest remainder; equal ones where all weights are 0."""
    whole = sum(weights)
    exact = [total * weight / whole if whole else total / len(weights) for weight in weights]
    parts = [amount.quantize(CENT, ROUND_FLOOR) for amount in exact]
    missing = int((total - sum(parts)) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[:missing]:
        parts[index] += CENT
    return parts


def to_cents(amount: Decimal) -> Decimal:
    """Return an amount rounded half-up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _parts(line: Line) -> list[Line]:
    """Lay a composite out as its codes; any other line stays as it is."""
    if line.kind is not Kind.COMPOSITE or not line.components:
        return [line]
    own = [component.rate for component in line.components]
    weights = [rate for rate in own if rate is not None]
    rates = split(line.rate, weights if len(weights) == len(own) else [ZERO] * len(own))
    return [replace(line, code=component.code, rate=rate, components=()) for component, rate in zip(line.components, rates, strict=True)]


def _price(lines: Sequence[Line], plan: Plan | None, discount: Decimal) -> tuple[PricedLine, ...]:
    covered = [plan is not None and line.insurable for line in lines]
    charges = [to_cents(line.rate * line.units) for line in lines]
    allowed = [_allowed(line, charge) if takes_part else charge for line, charge, takes_part in zip(lines, charges, covered, strict=True)]
    insured = [amount if takes_part else ZERO for amount, takes_part in zip(allowed, covered, strict=True)]
    discounts = _spread(discount, [ZERO if takes_part else charge for charge, takes_part in zip(charges, covered, strict=True)])
    deductible, copay, coinsurance = _cost_sharing(insured, plan or Plan())
    priced = []
    for index, line in enumerate(lines):
        shared = deductible[index] + copay[index] + coinsurance[index]
        priced.append(
            PricedLine(
                code=line.code,
                units=line.units,
                rate=line.rate,
                charge=charges[index],
                allowed=allowed[index],
                contractual_adjustment=charges[index] - allowed[index],
                other_adjustment=discounts[index],
                deductible=deductible[index],
                copay=copay[index],
                coinsurance=coinsurance[index],
                patient=shared if covered[index] else charges[index] - discounts[index],
                insurer=insured[index] - shared if covered[index] else ZERO,
                claimable=line.insurable,
            )
        )
    return tuple(priced)


def _allowed(line: Line, charge: Decimal) -> Decimal:
    return charge if line.contract_fee is None else min(charge, to_cents(line.contract_fee * line.units))


def _cost_sharing(allowed: Sequence[Decimal], plan: Plan) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    """Take deductible, copay (once a visit) and coinsurance, each of what the one before left, and cap their sum.

    The cap takes from coinsurance first, then from the copay, then from the deductible; all three count towards it (42 USC 18022(c)).
    """
    waived = plan.copay > 0 and not plan.copay_after_deductible
    deductible = _drain(ZERO if waived else plan.deductible_remaining, allowed)
    left = _less(allowed, deductible)
    copay = _drain(plan.copay, left)
    left = _less(left, copay)
    coinsurance = [to_cents(amount * plan.coinsurance_percent / HUNDRED) for amount in left]
    if plan.out_of_pocket_remaining is not None:
        excess = max(ZERO, _total([*deductible, *copay, *coinsurance]) - plan.out_of_pocket_remaining)
        for share in (coinsurance, copay, deductible):
            cut = _drain(excess, share)
            share[:] = _less(share, cut)
            excess -= _total(cut)
    return deductible, copay, coinsurance


def _spread(discount: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """Take a discount from the amounts in proportion to them, at most all of them."""
    whole = _total(amounts)
    return split(min(discount, whole), amounts) if whole else [ZERO for _ in amounts]


def _drain(pool: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """Take the pool from the amounts in their order, from each at most what it has."""
    taken = []
    for amount in amounts:
        taken.append(min(pool, amount))
        pool -= taken[-1]
    return taken


def _less(amounts: Sequence[Decimal], taken: Sequence[Decimal]) -> list[Decimal]:
    return [amount - part for amount, part in zip(amounts, taken, strict=True)]


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _check(line: PricedLine) -> None:
    parts = (line.contractual_adjustment, line.other_adjustment, line.patient, line.insurer)
    if sum(parts) != line.charge or min(parts) < 0:
        message = f"{line} does not add up"
        raise UnbalancedError(message)


def _insurance_flags(lines: Sequence[Line], plan: Plan | None, *, whose_is_known: bool) -> Iterator[Flag]:
    if plan is None and whose_is_known and any(line.insurable for line in lines):
        yield flags.no_coverage()
    for line in lines:
        if line.kind is Kind.COMPOSITE:
            yield flags.composite_not_claimable(line.code, _dearest(line))
        elif not line.insurable:
            yield flags.not_claimable(line.code)
        elif line.contract_fee is None and (plan is not None or not whose_is_known):
            yield flags.no_contract_rate(line.code)


def _dearest(line: Line) -> Code:
    if not line.components:
        return line.code.split("+")[-1]
    return max(line.components, key=lambda component: component.rate or ZERO).code


def code_flags(lines: Sequence[Line], same_day: Mapping[Code, int]) -> Iterator[Flag]:
    """Yield a flag for each rule of the codes that the lines break, together with the units by code of the same day."""
    units = Counter(same_day)
    for line in lines:
        units[line.code] += line.units
    for line in lines:
        primaries = line.requires_primary or tuple(units.keys() - {line.code})
        if line.kind is Kind.ADD_ON and not any(units[code] for code in primaries):
            yield flags.add_on_without_primary(line.code, line.requires_primary)
        if others := [code for code in line.excludes_same_day if units[code]]:
            yield flags.same_day_conflict(line.code, others)
        if line.max_units_per_day is not None and units[line.code] > line.max_units_per_day:
            yield flags.units_exceed_max(line.code, units[line.code], line.max_units_per_day)


@dataclass(frozen=True, slots=True)
class Band:
    """The documented minutes that a code stands for, both ends included."""

    code: Code
    least: int
    most: int | None = None
    """None where the band is open upwards."""

    def __contains__(self, minutes: int) -> bool:
        return self.least <= minutes and (self.most is None or minutes <= self.most)

    def __str__(self) -> str:
        return f"{self.least} minutes and more" if self.most is None else f"{self.least} to {self.most} minutes"


def band(minutes: int, bands: Iterable[Band]) -> Band | None:
    """Return the only band that the minutes lie in; None where they lie in none, or in several of which a human chooses."""
    found = [one for one in bands if minutes in one]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Further:
    """Units of an add-on, each for a further while of the service that was booked, such as 90840 for a half hour after 90839."""

    code: Code
    units: int
    each: int
    """Minutes that a unit stands for."""
    least: int
    """Minutes from which on the last unit counts."""

    def band(self, booked: Band, first: int) -> Band:
        """Return the minutes that the booked code and these units cover together.

        They begin where the booked code's own band ends; where it has no end, after its usual duration, ``first``.
        """
        before = self._begin(booked, first) + (self.units - 1) * self.each
        return Band(booked.code, before + self.least, None if booked.most is None else booked.most + self.units * self.each)

    def units_of(self, minutes: int, booked: Band, first: int) -> int:
        """Return how many units cover the minutes after the booked code; 0 where it covers them alone."""
        return max((minutes - self._begin(booked, first) - self.least) // self.each + 1, 0)

    def _begin(self, booked: Band, first: int) -> int:
        return first if booked.most is None else booked.most


def check_minutes(code: Code, minutes: int, bands: Sequence[Band], first: int = 0, further: Further | None = None) -> Flag | None:
    """Return a flag where more or fewer minutes were documented than what is billed stands for; None where they fit or no band is known.

    ``bands`` are those of the booked code's family, ``first`` its usual duration in minutes, ``further`` what is billed after it.
    Source: CPT's rules of time (90832 is 16 to 37 minutes, 90834 38 to 52, 90837 53 and more; 90839 with 90840, 96130 to 96139), as the
    catalog states them.
    """
    booked = next((one for one in bands if one.code == code), None)
    if booked is None:
        return None
    covered, billed = (further.band(booked, first), f"{code} with {further.units} x {further.code}") if further else (booked, code)
    if minutes in covered:
        return None
    return flags.minutes_mismatch(billed, minutes, str(covered), _fitting(minutes, booked, bands, first, further))


def _fitting(minutes: int, booked: Band, bands: Sequence[Band], first: int, further: Further | None) -> str | None:
    """Return what the minutes are billed as: the booked code with as many further units as fit, or other codes of its family."""
    if further and (units := further.units_of(minutes, booked, first)):
        return f"{booked.code} with {units} x {further.code}"
    if further and minutes in booked:
        return f"{booked.code} alone"
    return " or ".join(one.code for one in bands if minutes in one) or None
