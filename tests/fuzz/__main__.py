"""Try the services of a platform of its own by what they describe: `make fuzz ARGS="--seed=7 --minutes=8 rooms billing"`."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from httpx import AsyncClient, get
from local.environment import separate
from servers.rights import SERVICES
from support.clinic import Clinic, at, succeeded
from support.platform import Platform, private_platform

from fuzz.described import usable
from fuzz.judge import CHECKS, judge

ANY: Final = 2**31
EXAMPLES: Final = 20
"""By chance, for each operation."""
GRACE_S: Final = 300
"""Beyond its time, for what is under way."""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(program: Path, service: str, url: str, folder: Path, seed: int, seconds: float) -> Path:
    """Let schemathesis try a service; return the file of what it sent and was answered."""
    described, events = folder / f"{service}.openapi.json", folder / f"{service}.ndjson"
    described.write_text(json.dumps(usable(get(f"{url}/openapi.json").json())))
    options = {
        "url": url,
        "phases": "examples,coverage,fuzzing",
        "checks": ",".join((*CHECKS, "positive_data_acceptance")),
        "max-examples": EXAMPLES,
        "max-time": f"{seconds:.0f}",
        "seed": seed,
        "generation-database": "none",
        "report-ndjson-path": events,
        "output-sanitize": "false",
        "suppress-health-check": "filter_too_much",
    }
    command = [program, "run", described, *(f"--{name}={value}" for name, value in options.items()), "--continue-on-failure", "--no-shrink"]
    with (folder / f"{service}.log").open("w") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False, timeout=seconds + GRACE_S)  # noqa: S603 (our own)
    return events


async def populate(url: str) -> None:
    """Open a clinic with a session that comes and one that has its billing record."""
    async with AsyncClient(base_url=url, timeout=60) as http:
        clinic = await Clinic.open(http)
        await clinic.booked()
        past = await clinic.booked(starts_at=at(-1), backdated=True)
        succeeded(await clinic.step(past, "complete"))
        await clinic.record(past)


def tried(platform: Platform, options: argparse.Namespace) -> bool:
    """Try each service in turn, and print what is wrong; whether nothing is."""
    program, is_right = separate("fuzz") / "schemathesis", True
    for service in options.services:
        seconds = 60 * options.minutes / len(options.services)
        events = run(program, service, platform.services[service].url, options.folder, options.seed, seconds)
        verdict = judge(events.read_text().splitlines() if events.exists() else ())
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(verdict.statuses.items()))
        say(f"{service}: {len(verdict.operations)} operations, {verdict.statuses.total()} requests ({statuses})")
        for finding in verdict.findings.values():
            say(f"  {finding}")
        is_right = is_right and bool(verdict.operations) and not verdict.findings
    return is_right


def main() -> int:
    """Try them; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--seed", type=int, default=int(time.time()) % ANY, help="decides what is sent")
    parser.add_argument("--minutes", type=float, default=8.0, help="at most, for all services together")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "holdfast-fuzz", help="for what was sent and answered")
    parser.add_argument("services", nargs="*", metavar="SERVICE", default=list(SERVICES))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    say(f"seed {options.seed}, at most {options.minutes:g} minutes, everything that was sent in {options.folder}")
    with tempfile.TemporaryDirectory(prefix="holdfast-fuzz-") as home, private_platform(Path(home)) as platform:
        asyncio.run(populate(platform.url))
        return 0 if tried(platform, options) else 1


if __name__ == "__main__":
    sys.exit(main())
