"""Finds the installed servers and, where it may, installs the missing ones without letting anything start."""

import contextlib
import importlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from local.processes import scrubbed_env, works
from local.terminal import step

OLDEST_POSTGRES = 15
SCRIPT = Path(__file__).with_name("install.sh")
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
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FOLDERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
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
    "chromium": "--cask chromium",
    "python3-venv": "python@3.13",
}


class NotInstalledError(RuntimeError):
    """A server is missing and may not be installed from here; the message says what to run."""


@cache
def postgres_binaries() -> Path:
    """Return the folder with the programs of the newest PostgreSQL that is new enough."""
    folders = [*_found(POSTGRES_FOLDERS), *_on_path("pg_ctl")]
    versions = {folder: _postgres_version(folder) for folder in folders if (folder / "initdb").exists()}
    best = max(versions, key=lambda folder: versions[folder], default=None)
    if best is None or versions[best] < OLDEST_POSTGRES:
        raise NotInstalledError(_advice(["postgresql"]))
    return best


@cache
def rabbitmq_script() -> Path:
    """Return the script that starts RabbitMQ as whoever calls it."""
    scripts = _found(RABBITMQ_SCRIPTS)
    if not scripts:
        raise NotInstalledError(_advice(["rabbitmq-server"]))
    return scripts[-1]


@cache
def epmd() -> Path:
    """Return Erlang's port mapper, which every RabbitMQ needs."""
    on_path = shutil.which("epmd")
    candidates = [Path(on_path)] if on_path else _found(EPMD)
    if not candidates:
        raise NotInstalledError(_advice(["rabbitmq-server"]))
    return candidates[0]


@cache
def caddy() -> Path:
    """Return the web server that is the front."""
    on_path = shutil.which("caddy")
    if on_path is None:
        raise NotInstalledError(_advice(["caddy"]))
    return Path(on_path)


@cache
def chromium() -> Path:
    """Return the browser in which the pages are proved."""
    on_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    candidates = [Path(on_path)] if on_path else _found(CHROMIUM_FOLDERS)
    if not candidates:
        raise NotInstalledError(_advice(["chromium"]))
    return candidates[0]


def venv() -> Path:
    """Return the module that makes Python environments; Debian packs it apart."""
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("ensurepip")
    if spec is None or spec.origin is None:
        raise NotInstalledError(_advice(["python3-venv"]))
    return Path(spec.origin)


NEEDED: dict[str, Callable[[], Path]] = {
    "python3-venv": venv,
    "postgresql": postgres_binaries,
    "rabbitmq-server": rabbitmq_script,
    "caddy": caddy,
    "chromium": chromium,
}
SERVERS = ("postgresql", "rabbitmq-server")
FOR_UP = ("python3-venv", *SERVERS, "caddy")


def missing(packages: Iterable[str]) -> list[str]:
    """Return which of these packages are not here."""
    absent: list[str] = []
    for package in packages:
        try:
            NEEDED[package]()
        except NotInstalledError:
            absent.append(package)
    return absent


def install(packages: Iterable[str]) -> None:
    """Make sure the packages are here; raise with one clear line when they are not and may not be installed."""
    absent = missing(packages)
    if not absent:
        return
    if not may_install():
        raise NotInstalledError(_advice(absent))
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    with step(f"installing {', '.join(absent)}; no system service is started"), _uninterrupted():
        done = subprocess.run(
            [*as_root, "sh", str(SCRIPT), *absent],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    still = missing(absent)
    if done.returncode or still:
        message = f"{_advice(still or absent)}\napt said:\n{done.stdout[-2000:]}"
        raise NotInstalledError(message)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let packages be installed completely: the script must come to the point where it puts everything back."""
    before = {name: signal.signal(name, signal.SIG_IGN) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def may_install() -> bool:
    """Say whether apt is here and we are root or may become root without a password."""
    return shutil.which("apt-get") is not None and (os.geteuid() == 0 or works("sudo", "-n", "true"))


def _advice(packages: list[str]) -> str:
    if sys.platform == "darwin":
        return f"missing: {', '.join(packages)}. Run: brew install {' '.join(BREW_NAMES[name] for name in packages)}"
    old = f" (PostgreSQL {OLDEST_POSTGRES} or newer)" if "postgresql" in packages else ""
    what = f"missing: {', '.join(packages)}{old}"
    return f"{what}. On Debian or Ubuntu run: sudo sh deploy/local/install.sh {' '.join(packages)}"


def _found(patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(Path("/").glob(pattern.lstrip("/")))]


def _on_path(program: str) -> list[Path]:
    where = shutil.which(program)
    return [Path(where).resolve().parent] if where else []


def _postgres_version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], env=scrubbed_env(), capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


if __name__ == "__main__":
    try:
        install(sys.argv[1:])
    except NotInstalledError as error:
        sys.exit(str(error))
