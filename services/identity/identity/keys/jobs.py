"""A new signing key when the present one has signed for long enough."""

from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from chassis.runtime.jobs import ScheduledJob

from identity.keys import use_cases
from identity.provider.issuer import Issuer

LOOK_EVERY: Final = timedelta(minutes=1)


def jobs(issuer: Issuer) -> list[ScheduledJob]:
    """Return the jobs of this provider's keys."""

    async def keep_fresh(tx: Transaction) -> int:
        return await use_cases.keep_fresh(tx, issuer)

    return [ScheduledJob("keep signing keys fresh", LOOK_EVERY, keep_fresh)]
