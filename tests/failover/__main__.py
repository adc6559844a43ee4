"""Let nodes of replicated servers fail while desks work, and judge: ``make prove-failover SEED=7 MINUTES=20``."""

import argparse
import asyncio
import sys
import tempfile
import time
from itertools import takewhile
from pathlib import Path
from typing import Final, TextIO

from chaos import judge
from chaos.__main__ import ANY, say
from chaos.replicas import two_of_each
from chaos.run import run
from chaos.workload import History
from support.platform import Platform, platform

from failover import announced
from failover.balancer import Balancer
from failover.brokers import brokers
from failover.databases import databases
from failover.faults import happen
from failover.losses import losses
from failover.network import Machine, in_a_network_of_its_own, prepare
from failover.plan import NODES, POSTGRES, RABBITMQ, plan

CLUSTERS: Final = {POSTGRES: 10, RABBITMQ: 20}
"""What the addresses of each begin after."""
DESKS: Final = 6


def main() -> int:
    """Run it; 1 where the judge finds something although commits waited for a standby."""
    parser = argparse.ArgumentParser(prog="make prove-failover")
    parser.add_argument("--seed", type=int, default=int(time.time()) % ANY, help="decides the work and the faults")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--history", type=Path, default=Path(tempfile.gettempdir()) / "holdfast-failover.jsonl")
    parser.add_argument("--asynchronous", action="store_true", help="commits do not wait for a standby: what is lost is counted")
    options = parser.parse_args()
    in_a_network_of_its_own("failover")
    prepare()
    say(f"seed {options.seed}, {options.minutes:g} minutes, history in {options.history}")
    machines = {name: [Machine.add(f"{name}{each}", first + each) for each in range(1, NODES + 1)] for name, first in CLUSTERS.items()}
    with tempfile.TemporaryDirectory(prefix="holdfast-failover-") as folder, options.history.open("w") as file:
        balancer = Balancer(Path(folder, "haproxy"), machines[POSTGRES], machines[RABBITMQ])
        with (
            balancer.running(),
            databases(Path(folder, "postgres"), machines[POSTGRES], balancer.postgres, synchronous=not options.asynchronous) as database,
            brokers(Path(folder, "rabbitmq"), machines[RABBITMQ], balancer) as broker,
            platform(Path(folder, "platform"), database, broker) as running,
        ):
            counts = asyncio.run(_run(running, file, options.seed, options.minutes))
    say(", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())))
    found, lines = judge.main(str(options.history)), judge.read(options.history)
    say(f"{announced.not_logged(lines)} bookings are not in the log of events, a stream (not judged)")
    if options.asynchronous:
        say("\n".join(["answered and lost, by what went on:", *losses(lines)]))
        return 0
    return found


async def _run(running: Platform, file: TextIO, seed: int, minutes: float) -> dict[str, int]:
    await announced.keep(running.rabbitmq.admin_url)
    async with two_of_each(running) as replicas:
        ends_at = time.monotonic() + 60 * minutes
        rounds = takewhile(lambda _: time.monotonic() < ends_at, plan(seed))
        counts = await run(replicas, file, seed, rounds, DESKS, happen)
    rows = await announced.kept(running.rabbitmq.admin_url)
    History(file).write("rows", service="scheduling", table="announced", rows=rows)
    return counts


if __name__ == "__main__":
    sys.exit(main())
