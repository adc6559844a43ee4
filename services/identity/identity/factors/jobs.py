"""Encrypts secrets anew, and removes what nobody will use any more: challenges, counts of failures, sign-ins that are long over."""

from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from chassis.runtime.jobs import ScheduledJob

from identity.attempts import use_cases as attempts_use_cases
from identity.factors import use_cases
from identity.provider.issuer import Issuer
from identity.sessions import use_cases as sessions_use_cases

LOOK_EVERY: Final = timedelta(minutes=10)


def jobs(issuer: Issuer) -> list[ScheduledJob]:
    """Return the jobs of second factors."""

    async def encrypt_anew(tx: Transaction) -> int:
        return await use_cases.encrypt_anew(tx, issuer)

    return [ScheduledJob("encrypt authenticators' secrets anew", LOOK_EVERY, encrypt_anew, use_cases.ENCRYPTED_AT_ONCE), *FORGETTING]


FORGETTING: Final = (
    ScheduledJob("forget passkey challenges", LOOK_EVERY, use_cases.forget, use_cases.FORGET_LIMIT),
    ScheduledJob("forget failed attempts", LOOK_EVERY, attempts_use_cases.forget, attempts_use_cases.FORGET_LIMIT),
    ScheduledJob("forget sign-ins", LOOK_EVERY, sessions_use_cases.forget, sessions_use_cases.FORGET_LIMIT),
)
