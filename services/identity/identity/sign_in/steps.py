"""The steps of a sign-in: what has been proved decides what is next."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

PASSWORD: Final = "pwd"  # noqa: S105 (RFC 8176, as the next ones)
CODE: Final = "otp"
PASSKEY: Final = "pop"
TWO_FACTORS: Final = "mfa"


class Step(StrEnum):
    """What is next."""

    REFUSED = "refused"
    LOCKED = "locked"
    SECOND_FACTOR = "second_factor"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a step)
    SIGNED_IN = "signed_in"


class Outcome(BaseModel):
    """What became of an attempt: the next step, with the secret of the cookie that goes on with it."""

    step: Step
    secret: str = ""
    refused: str = ""


def next_step(amr: Sequence[str], *, is_second_needed: bool, must_change_password: bool) -> Step:
    """Return what is next for somebody who has proved this much."""
    if is_second_needed and TWO_FACTORS not in amr:
        return Step.SECOND_FACTOR
    return Step.NEW_PASSWORD if must_change_password else Step.SIGNED_IN
