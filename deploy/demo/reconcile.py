"""Compares every booked session with its room and every completed one with its record, and prints what differs.

python -m demo.reconcile              mends what can be mended by saying it again
python -m demo.reconcile --look       only lists
"""

import asyncio
import sys
import time
from typing import Final

from demo.front import Front, Json, RefusedError, UnreachableError, visit
from demo.running import NothingRunsError, where

LOOK_EVERY_S: Final = 0.2
PATIENCE_S: Final = 120.0
"""How long a comparison may stand still; one that moves on, or waits for another, takes as long as there is to compare."""
PROGRESS: Final = ("holds_page", "records_page", "holds_compared_at", "records_compared_at")
LOOK: Final = "--look"


class UnansweredError(Exception):
    """Rooms or billing did not answer in time."""


async def reconcile(front: Front, *, repair: bool) -> Json:
    """Return a complete comparison; UnansweredError where it stands still."""
    found = await front.post("scheduling/reconciliations", {"repair": repair})
    deadline = time.monotonic() + PATIENCE_S
    while not found["is_complete"]:
        if time.monotonic() >= deadline:
            silent = [
                name for name, stated in (("rooms", "holds_compared_at"), ("billing", "records_compared_at")) if found[stated] is None
            ]
            message = (
                f"{' and '.join(silent)} did not answer within {PATIENCE_S:.0f} s. The comparison goes on by itself when they do; "
                f"read it at /api/scheduling/reconciliations/{found['id']} instead of starting another one."
            )
            raise UnansweredError(message)
        await asyncio.sleep(LOOK_EVERY_S)
        before, found = found, await front.get(f"scheduling/reconciliations/{found['id']}")
        if found["is_waiting"] or any(found[each] != before[each] for each in PROGRESS):
            deadline = time.monotonic() + PATIENCE_S
    return found


def lines(found: Json) -> list[str]:
    """Return what a comparison found, a line each."""
    count = len(found["differences"])
    stated = [f"{count} difference{'' if count == 1 else 's'} between sessions, holds and records"]
    for different in found["differences"]:
        about = " ".join(f"{name} {different[name]}" for name in ("session_id", "hold_id", "client_id", "record_id") if different[name])
        stated.append(f"  {different['kind']:<16}{about}  {different['repair'] or 'left as it is'}")
    return stated


async def main(arguments: list[str]) -> int:
    """Compare; 0 when nothing differs."""
    try:
        front_url, _ = where([argument for argument in arguments if argument != LOOK])
        async with visit(front_url) as front:
            found = await reconcile(front, repair=LOOK not in arguments)
    except (NothingRunsError, RefusedError, UnansweredError, UnreachableError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines(found)))
    return 1 if found["differences"] else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
