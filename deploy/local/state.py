"""What a running `make up` leaves under `.local/` for other programs: a lock, an address list and its secrets."""

import contextlib
import fcntl
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.environment import ROOT

LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"
RUN = LOCAL / "run.json"
LOCK = LOCAL / "lock"
SECRETS = "secrets"
RESET = LOCAL / "reset"
"""Exists while `make reset` waits for the end of `make up`."""


class AlreadyRunningError(RuntimeError):
    """Another `make up` holds the lock."""


@dataclass
class Run:
    """Where everything of one `make up` is."""

    pid: int
    front: str = ""
    services: dict[str, str] = field(default_factory=dict[str, str])
    postgres: str = ""
    rabbitmq: str = ""
    management: str = ""
    ready: bool = False

    def write(self) -> None:
        """Leave it for `make status` and `make down`."""
        write_private(RUN, json.dumps(asdict(self), indent=2))


def last() -> Run | None:
    """Return what the last `make up` left here, whether it still runs or not."""
    return Run(**json.loads(RUN.read_text())) if RUN.exists() else None


def running() -> Run | None:
    """Return the `make up` that runs now, if one does; the kernel drops the lock of one that died."""
    try:
        with lock():
            return None
    except AlreadyRunningError:
        return last() or Run(pid=0)


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """Be the only `make up` of this folder for the time of the block."""
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    with LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyRunningError from taken
        yield


@contextlib.contextmanager
def resetting() -> Iterator[None]:
    """Let the `make up` that ends meanwhile know that its data will be deleted."""
    if not LOCAL.exists():
        yield
        return
    RESET.touch()
    try:
        yield
    finally:
        RESET.unlink(missing_ok=True)


def password(name: str, home: Path = LOCAL) -> str:
    """Return the password of this name, drawn once and kept."""
    secret = home / SECRETS
    known: dict[str, str] = json.loads(secret.read_text()) if secret.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(24)
        write_private(secret, json.dumps(known, indent=2))
    return known[name]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
