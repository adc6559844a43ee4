"""Where the programs of PostgreSQL and RabbitMQ are installed on this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from servers.processes import scrubbed_env

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)
# The server's own script: the wrapper that distributions put on the PATH changes the user and reads /etc.
RABBITMQ_SCRIPTS = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
    "/opt/rabbitmq/sbin/rabbitmq-server",
)
EPMD = (
    "/usr/lib/erlang/bin/epmd",
    "/opt/homebrew/opt/erlang/lib/erlang/bin/epmd",
    "/usr/local/opt/erlang/lib/erlang/bin/epmd",
)
BREW_NAMES = {
    "postgresql": "postgresql@17",
    "rabbitmq-server": "rabbitmq",
    "caddy": "caddy",
    "chromium-headless-shell": "--cask chromium",
    "python3-venv": "python@3.13",
    "libfaketime": "libfaketime",
}


POSTGRES_SETTING = "HOLDFAST_POSTGRES_PROGRAMS"
"""Names the folder with the programs of the PostgreSQL to be used, whatever else is installed."""
RABBITMQ_SETTING = "HOLDFAST_RABBITMQ_SCRIPT"
"""Names the script that starts the RabbitMQ to be used; its Erlang is the first on the PATH."""


class NotInstalledError(RuntimeError):
    """A program is missing and may not be installed from here; the message names the command that installs it."""


@cache
def postgres_binaries() -> Path:
    """Return the folder with the programs of the PostgreSQL that is named, or of the newest that is new enough."""
    if named := os.environ.get(POSTGRES_SETTING):
        return Path(named)
    folders = [*found(POSTGRES_FOLDERS), *_on_path("pg_ctl")]
    versions = {folder: _postgres_version(folder) for folder in folders if (folder / "initdb").exists()}
    best = max(versions, key=lambda folder: versions[folder], default=None)
    if best is None or versions[best] < OLDEST_POSTGRES:
        raise NotInstalledError(advice(["postgresql"]))
    return best


@cache
def rabbitmq_script() -> Path:
    """Return the script that starts RabbitMQ as whoever calls it: the one that is named, or the newest."""
    if named := os.environ.get(RABBITMQ_SETTING):
        return Path(named)
    scripts = found(RABBITMQ_SCRIPTS)
    if not scripts:
        raise NotInstalledError(advice(["rabbitmq-server"]))
    return scripts[-1]


@cache
def epmd() -> Path:
    """Return Erlang's port mapper, which every RabbitMQ needs."""
    on_path = shutil.which("epmd")
    candidates = [Path(on_path)] if on_path else found(EPMD)
    if not candidates:
        raise NotInstalledError(advice(["rabbitmq-server"]))
    return candidates[0]


def advice(packages: Sequence[str]) -> str:
    """Return the sentence that names what is missing, and the command that installs it."""
    if sys.platform == "darwin":
        return f"missing: {', '.join(packages)}. Run: brew install {' '.join(BREW_NAMES.get(name, name) for name in packages)}"
    old = f" (PostgreSQL {OLDEST_POSTGRES} or newer)" if "postgresql" in packages else ""
    what = f"missing: {', '.join(packages)}{old}"
    return f"{what}. On Debian or Ubuntu run: sudo sh deploy/local/install.sh {' '.join(packages)}"


def found(patterns: Sequence[str]) -> list[Path]:
    """Return the files and folders that exist and match, pattern by pattern and by name."""
    return [path for pattern in patterns for path in sorted(Path("/").glob(pattern.lstrip("/")))]


def _on_path(program: str) -> list[Path]:
    where = shutil.which(program)
    return [Path(where).resolve().parent] if where else []


def _postgres_version(folder: Path) -> int:
    printed = subprocess.run([folder / "postgres", "--version"], env=scrubbed_env(), capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", printed)
    return int(number[0]) if number else 0
