"""What descriptions state only since a release, of what was refused before as well: no break, and compared as it was described before.

Once a release has described it, its line can go.
"""

from typing import Any, Final

from contracts.types import AMOUNT, DAY, DAY_SINCE_2000, INSTANT, MONEY, PERCENT, UP_TO_A_HUNDRED

FORMERLY: Final[dict[str, str | None]] = {
    DAY: None,
    DAY_SINCE_2000: None,
    INSTANT: None,
    AMOUNT: MONEY,
    r'^(\*|(W/)?"?[0-9]{1,9}"?)$': None,
    r"^([0-9]{1,6}(\.[0-9]{1,2})?|1000000(\.00?)?)$": MONEY,
    r"^(0\.(0[1-9]|[1-9][0-9]?)|[1-9][0-9]{0,5}(\.[0-9]{1,2})?|1000000(\.00?)?)$": MONEY,
    UP_TO_A_HUNDRED: PERCENT,
    r"^(20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$": (
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$"
    ),
}
"""Patterns of days, moments, amounts and versions, by the one that was described in their place; None where there was none."""


def as_before(part: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return a description with the patterns that the release before had."""
    if isinstance(part, list):
        return [as_before(each) for each in part]
    if not isinstance(part, dict):
        return part
    before = {key: as_before(value) for key, value in part.items()}
    if isinstance(pattern := part.get("pattern"), str) and pattern in FORMERLY:
        before |= {"pattern": FORMERLY[pattern]}
    return {key: value for key, value in before.items() if key != "pattern" or value is not None}
