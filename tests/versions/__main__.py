"""Run the tests that depend on the servers with other versions of them: `make prove-servers PG=17 RABBITMQ=4.0`."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from support.repository import ROOT

from versions.debian import POSTGRES, RABBITMQ, NotToBeHadError, Unpacked, release_of, unpacked

FOLDER: Final = ROOT / ".local" / "versions"
CHASSIS: Final = (
    "inbox",
    "outbox",
    "outage",
    "operations",
    "odd_messages",
    "questions",
    "group_commit",
    "replicas",
    "plain_sql",
    "readiness",
)
SELECTION: Final = (
    *("tests/guards", "tests/faults", "tests/journeys", "tests/contracts/test_migrations.py", "shared/servers"),
    *(f"shared/chassis/tests/test_{part}.py" for part in CHASSIS),
)
"""Constraints, faults, journeys of a whole platform, migrations, the servers themselves, and what the chassis does with both of them."""
STATED: Final = """
import re
from pathlib import Path
from servers import postgres, rabbitmq
folder = Path({folder!r})
with postgres(folder / "postgres", durable=False) as database, rabbitmq(folder / "rabbitmq") as broker:
    print("PostgreSQL", database.run_sql("SHOW server_version").strip())
    print(re.search(r"Starting (RabbitMQ \\S+ on Erlang \\S+)", (broker.folder / "rabbitmq.log").read_text())[1], flush=True)
"""
"""Starts both servers as the tests do, and prints what they state about themselves."""


def environment(*servers: Unpacked) -> dict[str, str]:
    """Return the environment in which these servers are used, and no others that are installed."""
    erlang = [str(server.erlang) for server in servers if server.erlang]
    settings = {name: value for server in servers for name, value in server.environment().items()}
    path = os.pathsep.join([*erlang, os.environ.get("PATH", os.defpath)])
    return {**os.environ, **settings, "PATH": path, "HOLDFAST_TEST_SERVERS": "local", "PYTHONDONTWRITEBYTECODE": ""}


def main() -> int:
    """Unpack the servers, print what they state about themselves, and run the tests; 1 where a version is not to be had."""
    parser = argparse.ArgumentParser(prog="make prove-servers")
    parser.add_argument("--pg", default="17", help=f"the version of PostgreSQL: {', '.join(POSTGRES)}")
    parser.add_argument("--rabbitmq", default="4.3", help=f"the version of RabbitMQ: {', '.join(RABBITMQ)}")
    parser.add_argument("--workers", default="auto", help="test processes")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for what is unpacked")
    options, tests = parser.parse_known_args()
    try:
        releases = release_of("PostgreSQL", options.pg, POSTGRES), release_of("RabbitMQ", options.rabbitmq, RABBITMQ)
        servers = environment(
            unpacked(releases[0], f"postgresql-{options.pg}", options.folder), unpacked(releases[1], "rabbitmq-server", options.folder)
        )
    except NotToBeHadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="holdfast-versions-") as folder:
        stated = subprocess.run([sys.executable, "-c", STATED.format(folder=folder)], env=servers, cwd=ROOT, check=False)  # noqa: S603
    if stated.returncode:
        return stated.returncode
    command = [sys.executable, "-m", "pytest", "-n", options.workers, "-m", "servers", *(tests or SELECTION)]
    return subprocess.run(command, env=servers, cwd=Path(ROOT), check=False).returncode  # noqa: S603 (our own)


if __name__ == "__main__":
    sys.exit(main())
