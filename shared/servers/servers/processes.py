"""A server under supervision: started, watched until it is ready, stopped or killed, never left behind."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

SUPERVISOR = Path(__file__).with_name("supervisor.py")
POLL_EVERY = 0.02
LOG_TAIL = 4_000
GRACE = 5.0
DID_NOT_START = "could not be started; is it installed completely?"
ENDED = "ended while it started"
TOO_SLOW = "was not ready within {:.0f} s"
IN_USE = ("in use", "eaddrinuse")


class ServerError(RuntimeError):
    """A private server did not do what it should; the message ends with the tail of its log."""


class PortTakenError(ServerError):
    """Somebody else took the port between the draw and the start."""


@dataclass
class Server:
    """One supervised process and the log it writes."""

    name: str
    command: Sequence[str]
    log: Path
    stop_signal: str
    patience: float
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    pid: int = 0
    log_start: int = 0
    exit_code: int | None = None
    _supervisor: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process; `wait` returns when it is ready."""
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        script = [sys.executable, "-I", "-S", str(SUPERVISOR), self.stop_signal, str(self.patience), str(self.log)]
        self._supervisor = subprocess.Popen(
            [*script, *self.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(self.env),
            cwd=self.folder,
            start_new_session=True,
        )
        self.pid = int(_pipe(self._supervisor.stdout).readline() or 0)
        if not self.pid:
            self.stop()
            raise self.error(DID_NOT_START)

    def wait(self, ready: Callable[[], bool], *, seconds: float, every: float = POLL_EVERY) -> None:
        """Return when the server is ready; raise with the tail of its log when it ends or takes too long.

        What answers after the server ended is another program at the same address.
        """
        deadline = time.monotonic() + seconds
        while not (ready() and self.running()):
            if not self.running():
                raise self.error(ENDED)
            if time.monotonic() > deadline:
                raise self.error(TOO_SLOW.format(seconds))
            time.sleep(every)

    @property
    def started(self) -> bool:
        """Whether the process was started and not stopped or killed since; it may have ended by itself."""
        return self._supervisor is not None

    def running(self) -> bool:
        """Return whether the process runs."""
        if self._supervisor is None:
            return False
        self.exit_code = self._supervisor.poll()
        return self.exit_code is None

    def stop(self) -> None:
        """End the process gently; with force when it takes longer than its patience."""
        self._end("")

    def kill(self) -> None:
        """End the process and all its children at once, as a crash of the machine would."""
        self._end("kill\n")

    def error(self, what: str) -> ServerError:
        """Describe what went wrong together with the last output of the server."""
        output = self.last_output()
        kind = PortTakenError if any(sign in output.lower() for sign in IN_USE) else ServerError
        return kind(f"{self.name} {what}; the end of {self.log}:\n{output or '(empty)'}")

    def last_output(self) -> str:
        """Return the tail of what the server logged since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(self.log_start, self.log.stat().st_size - LOG_TAIL))
            return log.read().decode(errors="replace").strip()

    def _end(self, order: str) -> None:
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        try:
            supervisor.communicate(order, timeout=self.patience + GRACE)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.communicate()


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:  # Popen was requested a pipe
        raise AssertionError
    return stream


def dies_with_its_parent() -> list[str]:
    """Return the command prefix that ends a process whose supervisor was killed (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def scrubbed_env(**more: str) -> dict[str, str]:
    """Return an environment without settings meant for other servers or in other languages."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "USER", "LOGNAME") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC", **more}


@cache
def works(*command: str) -> bool:
    """Return whether a command exists and succeeds."""
    return shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
