"""Keeps one server alive exactly as long as the process that started it.

Run as a script, in a session of its own: `supervisor.py SIGNAL PATIENCE LOG COMMAND…`. It prints the server's
process id and then listens on standard input. Its end means that the caller is gone or wants the server to stop:
the server gets SIGNAL and PATIENCE seconds. The line `kill` means: now, as a power cut would. Either way no
descendant of the server survives.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LOOK_EVERY = 0.1
STOPPING_LOOK_EVERY = 0.01
SWEEPS = 50


def main(arguments: list[str]) -> int:
    """Start the server, wait for a reason to end it, and leave nothing behind."""
    gentle, patience, log, *command = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    with Path(log).open("ab") as sink:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
    print(server.pid, flush=True)
    if wait_for_order(server) == "stop":
        server.send_signal(signal.Signals[gentle])
        wait_for_end(server, float(patience))
    sweep()
    return abs(server.wait())


def wait_for_order(server: subprocess.Popen[bytes]) -> str:
    """Return `stop`, `kill`, or `died` when the server ended by itself."""
    listener = selectors.DefaultSelector()
    listener.register(sys.stdin, selectors.EVENT_READ)
    while server.poll() is None:
        reap_orphans(server.pid)
        if listener.select(LOOK_EVERY):
            return sys.stdin.readline().strip() or "stop"
    return "died"


def wait_for_end(server: subprocess.Popen[bytes], patience: float) -> None:
    """Return when the server has ended, or after so many seconds."""
    deadline = time.monotonic() + patience
    while server.poll() is None and time.monotonic() < deadline:
        reap_orphans(server.pid)
        time.sleep(STOPPING_LOOK_EVERY)


def reap_orphans(server: int) -> None:
    """Remove adopted processes that have ended from the table of processes: a server may wait until one of them is gone (Linux)."""
    if sys.platform == "linux":
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid != server:
            os.waitpid(ended.si_pid, 0)


def adopt_orphans() -> None:
    """Become the parent of what the server leaves behind, so that it can be found (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def sweep() -> None:
    """Kill every descendant; a second look finds those born during the first."""
    for _ in range(SWEEPS):
        left = descendants(os.getpid())
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def descendants(ancestor: int) -> list[int]:
    """Return the living descendants of a process, eldest first."""
    children: dict[int, list[int]] = {}
    for pid, parent in living():
        children.setdefault(parent, []).append(pid)
    found = [ancestor]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found[1:]


def living() -> list[tuple[int, int]]:
    """Return (process, parent) of every process that is no zombie."""
    if not Path("/proc/self/stat").exists():
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
        rows = [line.split() for line in table.stdout.splitlines()]
        return [(int(pid), int(parent)) for pid, parent, state, *_ in rows if not state.startswith("Z")]
    pairs: list[tuple[int, int]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                pairs.append((int(folder.name), int(parent)))
    return pairs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
