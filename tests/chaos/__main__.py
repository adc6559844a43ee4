"""Let faults happen to a platform of its own while desks work, and judge: ``make chaos SEED=7 MINUTES=10``; the history goes to a file."""

import argparse
import asyncio
import sys
import tempfile
import time
from itertools import takewhile
from pathlib import Path
from typing import Final, TextIO

from servers import postgres, rabbitmq
from support.platform import Platform, platform

from chaos import judge
from chaos.plan import LONGEST_S, plan
from chaos.replicas import CONNECTIONS, two_of_each
from chaos.run import run

ANY: Final = 2**31


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it; 1 where the judge finds something."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--seed", type=int, default=int(time.time()) % ANY, help="decides the work and the faults")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--history", type=Path, default=Path(tempfile.gettempdir()) / "holdfast-chaos.jsonl")
    options = parser.parse_args()
    say(f"seed {options.seed}, {options.minutes:g} minutes, history in {options.history}")
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-chaos-") as folder,
        postgres(Path(folder, "postgres"), durable=True, settings=CONNECTIONS) as database,
        rabbitmq(Path(folder, "rabbitmq"), eager=True) as broker,
        platform(Path(folder, "platform"), database, broker) as running,
        options.history.open("w") as file,
    ):
        counts = asyncio.run(_run(running, file, options.seed, options.minutes))
    say(", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())))
    return judge.main(str(options.history))


async def _run(running: Platform, file: TextIO, seed: int, minutes: float) -> dict[str, int]:
    async with two_of_each(running) as replicas:
        ends_at = time.monotonic() + 60 * minutes
        return await run(replicas, file, seed, takewhile(lambda _: time.monotonic() < ends_at, plan(seed, LONGEST_S)))


if __name__ == "__main__":
    sys.exit(main())
