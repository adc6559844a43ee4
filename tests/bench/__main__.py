"""Measures one platform of its own on this machine: the floors first, then bookings, as ratios of one run.

Absolute numbers belong to the machine and the minute; compare the ratios.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from servers import Postgres, RabbitMQ, postgres, rabbitmq
from support.platform import Platform, platform

from bench import alone, drain, floors, memory, money, reads, replay, replicas, steps
from bench.bookings import Result, closed_loop, paced, with_conflicts
from bench.clinics import Clinics, furnish
from bench.peers.measure import CALLERS, PER_SECOND
from bench.peers.measure import measure as measure_peers
from bench.ratios import Ratios

FIRST_DAY, DAYS_APART = 2, 60
ON_PLATFORM = ("bookings", "steps", "replicas", "money")


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Floors:
    """What servers do by themselves in a second."""

    commits_per_second: float
    publishes_per_second: float


@dataclass(frozen=True, slots=True)
class Peer:
    """What another design answered."""

    steady: Result
    """At a steady pace."""
    full: Result
    """To callers who book as fast as they are answered."""


async def book_by_peers(database: Postgres, broker: RabbitMQ, home: Path, seconds: float) -> dict[str, Peer]:
    """Measure and print the peers, by name."""
    peers: dict[str, Peer] = {}
    async for name, steady, full in measure_peers(database, broker, home, seconds):
        say(f"{name}, {PER_SECOND:g} bookings/s:   {steady.summary()}")
        say(f"{name}, {CALLERS} callers: {full.booked_per_second:6.0f} confirmed/s   {full.summary()}")
        peers[name] = Peer(steady, full)
    return peers


async def measure(running: Platform, peers: dict[str, Peer], wanted: argparse.Namespace, ratios: Ratios) -> None:
    """Measure and print, and note the ratios."""
    running.postgres.create("floor", "floor", "floor")
    commits = await floors.commits_per_second(running.postgres.dsn("floor"))
    publishes = await floors.publishes_per_second(running.rabbitmq.admin_url)
    say(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    say(f"floor: {commits:8.0f} single-row commits/s, one connection, durable")
    say(f"floor: {publishes:8.0f} persistent confirmed publishes/s to a quorum queue, {floors.PUBLISHERS} in flight")
    if {"bookings", "steps", "replicas"} & set(wanted.what):
        clinics = await furnish(running.url)
        if "bookings" in wanted.what:
            await measure_bookings(running, clinics, Floors(commits, publishes), peers, wanted, ratios)
        if "steps" in wanted.what:
            say()
            await steps.measure(running.services["scheduling"].url, clinics, wanted.seconds, FIRST_DAY + 8 * DAYS_APART, say, ratios)
        if "replicas" in wanted.what:
            say()
            await replicas.measure(
                running, clinics, wanted.rate or replicas.PER_SECOND, wanted.seconds, FIRST_DAY + 5 * DAYS_APART, say, ratios
            )
    if "money" in wanted.what:
        say()
        await money.measure(running.postgres, commits, wanted.records, say, ratios)


async def measure_bookings(
    running: Platform, clinics: Clinics, floor: Floors, peers: dict[str, Peer], wanted: argparse.Namespace, ratios: Ratios
) -> None:
    """Measure bookings, from the request to the confirmed session, as ratios to the floors and to the peers."""
    seconds = wanted.seconds
    scheduling = f"{running.url}/api/scheduling" if wanted.front else running.services["scheduling"].url
    await closed_loop(scheduling, with_conflicts(clinics.requests(FIRST_DAY)), 64, 3)  # warm up: caches, connections, compiled statements

    pace = wanted.rate or PER_SECOND
    steady = await paced([scheduling], clinics.requests(FIRST_DAY + DAYS_APART), pace, seconds)
    say()
    say(f"{pace:g} bookings/s, POST to confirmed:   {steady.summary()}")
    if pace == PER_SECOND:
        for name, peer in peers.items():
            ratios.of[f"p50 of the {name} at {pace:g}/s, of ours"] = peer.steady.percentile(0.5) / steady.percentile(0.5)
    for number, callers in enumerate((64, 256), start=2):
        requests = with_conflicts(clinics.requests(FIRST_DAY + number * DAYS_APART))
        full = await closed_loop(scheduling, requests, callers, seconds)
        rate = full.booked_per_second
        share = {
            "the commit floor": rate / floor.commits_per_second,
            "the publish floor": rate / floor.publishes_per_second,
            **{f"the {name}": rate / peer.full.booked_per_second for name, peer in peers.items()},
        }
        say(f"closed loop, {callers:3} callers: {rate:6.0f} confirmed/s   {full.summary()}")
        for of, ratio in share.items():
            say(f"                           {ratio:6.2f} of {of}")
            ratios.of[f"bookings of {callers} callers, of {of}"] = ratio
        for name, peer in peers.items():
            ratios.of[f"processor of a booking of the {name}, of ours, {callers} callers"] = peer.full.processor_ms / full.processor_ms


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="length of each measurement")
    parser.add_argument("--rate", type=float, default=None, help="bookings a second at a steady pace")
    parser.add_argument("--front", action="store_true", help="go through the front instead of straight to scheduling")
    parser.add_argument("--records", type=int, default=1_000_000, help="how many records the reports read")
    parser.add_argument("--minutes", type=float, default=memory.MINUTES, help="how long memory is watched")
    parser.add_argument("--waiting", type=int, default=drain.WAITING, help="bookings that come in while the broker is down")
    parser.add_argument("--events", type=int, default=replay.EVENTS, help="events in the log that is replayed")
    parser.add_argument("--sizes", type=_sizes, default=reads.SIZES, help="bookings of each network that reads are measured in")
    parser.add_argument("--only", default="", help="reads whose name has this")
    parser.add_argument("--keep", type=_folder, help="folder that networks are kept in and measured in again without being written")
    parser.add_argument(
        "--report", type=Path, default=Path(tempfile.gettempdir(), "holdfast-reads.json"), help="where reads are written to"
    )
    parser.add_argument(
        "--ratios", type=Path, default=Path(tempfile.gettempdir(), "holdfast-bench.json"), help="where the ratios are written to"
    )
    parser.add_argument(
        "what", nargs="*", default=list(ON_PLATFORM), choices=(*ON_PLATFORM, *alone.BENCHES, "networks", "reads"), help="only this"
    )
    wanted = parser.parse_args()
    if "networks" in wanted.what:
        if wanted.keep is None:
            parser.error("networks are only written where they are kept: add --keep=FOLDER")
        for bookings in wanted.sizes:
            reads.write(wanted.keep / str(bookings), bookings, say)
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        complete = "reads" not in wanted.what or reads.measure(Path(folder), wanted.keep, wanted.sizes, wanted.only, wanted.report, say)
        ratios = Ratios()
        for name in [each for each in alone.BENCHES if each in wanted.what]:
            _measure_alone(Path(folder, name), name, wanted, ratios)
        if set(ON_PLATFORM) & set(wanted.what):
            _measure_platform(Path(folder), wanted, ratios)
    if ratios.of or ratios.figures:
        ratios.write(wanted.ratios)
        say(f'written to {wanted.ratios}; make bench-compare ARGS="BEFORE AFTER" compares two of them')
    return 0 if complete else 1


def _folder(stated: str) -> Path:
    return Path(stated).absolute()


def _sizes(stated: str) -> tuple[int, ...]:
    sizes = tuple(sorted(int(size.replace("_", "")) for size in stated.split(",")))
    if sizes[0] < reads.SIZES[0]:
        message = f"a network has at least {reads.SIZES[0]:,} bookings: with fewer its clients are in two sessions at once"
        raise argparse.ArgumentTypeError(message)
    return sizes


def _measure_alone(folder: Path, name: str, wanted: argparse.Namespace, ratios: Ratios) -> None:
    """Measure on a platform and servers that nothing else was measured on."""
    say()
    say(f"{name}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with (
        postgres(folder / "postgres", durable=True) as database,
        rabbitmq(folder / "rabbitmq") as broker,
        platform(folder / "platform", database, broker) as running,
    ):
        asyncio.run(alone.BENCHES[name](running, wanted, say, ratios))


def _measure_platform(folder: Path, wanted: argparse.Namespace, ratios: Ratios) -> None:
    with (
        postgres(folder / "postgres", durable=True) as database,
        rabbitmq(folder / "rabbitmq") as broker,
    ):
        peers = asyncio.run(book_by_peers(database, broker, folder, wanted.seconds)) if "bookings" in wanted.what else {}
        with platform(folder / "platform", database, broker) as running:
            asyncio.run(measure(running, peers, wanted, ratios))


if __name__ == "__main__":
    sys.exit(main())
