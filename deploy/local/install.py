"""Finds the installed servers and, where it may, installs the missing ones without letting anything start."""

import contextlib
import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

from servers.processes import works
from servers.programs import NotInstalledError, advice, found, postgres_binaries, rabbitmq_script

from local.terminal import step

SCRIPT = Path(__file__).with_name("install.sh")
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The one without windows comes first: a new context of it takes a quarter of the processor's time."""
CHROMIUM_FOLDERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PROGRAMS = {"haproxy": "/usr/sbin/haproxy", "patroni": "/usr/bin/patroni", "etcd-server": "/usr/bin/etcd"}
"""What runs replicated servers, by package: where Debian has it."""
ETCD_CLIENT = ("/usr/lib/python3/dist-packages/etcd/client.py",)
LIBFAKETIME = (
    "/usr/lib/*/faketime/libfaketime.so.1",
    "/usr/lib*/faketime/libfaketime.so.1",
    "/opt/homebrew/lib/faketime/libfaketime.1.dylib",
    "/usr/local/lib/faketime/libfaketime.1.dylib",
)


@cache
def caddy() -> Path:
    """Return the web server that is the front."""
    on_path = shutil.which("caddy")
    if on_path is None:
        raise NotInstalledError(advice(["caddy"]))
    return Path(on_path)


@cache
def chromium() -> Path:
    """Return the browser in which the pages are proved."""
    on_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    candidates = [Path(on_path)] if on_path else found(CHROMIUM_FOLDERS)
    if not candidates:
        raise NotInstalledError(advice(["chromium-headless-shell"]))
    return candidates[0]


@cache
def libfaketime() -> Path:
    """Return the library with which the tests step the clock of a process."""
    libraries = found(LIBFAKETIME)
    if not libraries:
        raise NotInstalledError(advice(["libfaketime"]))
    return libraries[0]


def replication_program(package: str) -> Path:
    """Return the program of a package with which replicated servers are run."""
    program = Path(PROGRAMS[package])
    if not program.exists():
        raise NotInstalledError(advice([package]))
    return program


def etcd_client() -> Path:
    """Return the library with which Debian's Patroni talks to etcd."""
    if not (found_library := found(ETCD_CLIENT)):
        raise NotInstalledError(advice(["python3-etcd"]))
    return found_library[0]


def venv() -> Path:
    """Return the module that makes Python environments; Debian packages it separately."""
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("ensurepip")
    if spec is None or spec.origin is None:
        raise NotInstalledError(advice(["python3-venv"]))
    return Path(spec.origin)


NEEDED: dict[str, Callable[[], Path]] = {
    "python3-venv": venv,
    "postgresql": postgres_binaries,
    "rabbitmq-server": rabbitmq_script,
    "caddy": caddy,
    "chromium-headless-shell": chromium,
    "libfaketime": libfaketime,
    "python3-etcd": etcd_client,
    **{package: partial(replication_program, package) for package in PROGRAMS},
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
        raise NotInstalledError(advice(absent))
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
        message = f"{advice(still or absent)}\napt printed:\n{done.stdout[-2000:]}"
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
    """Return whether apt is here and we are root or may become root without a password."""
    return shutil.which("apt-get") is not None and (os.geteuid() == 0 or works("sudo", "-n", "true"))


if __name__ == "__main__":
    try:
        install(sys.argv[1:])
    except NotInstalledError as error:
        sys.exit(str(error))
