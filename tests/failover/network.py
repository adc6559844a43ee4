"""Machines of their own for servers: network namespaces at a bridge, all within one that this run alone sees.

``unshare`` makes that one, with a user namespace, so it needs no privileges, and the kernel removes all of it when the last process in
it ends, whatever ended the run.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BRIDGE: Final = "bridge0"
SUBNET: Final = "10.77.0"
INSIDE: Final = "HOLDFAST_IN_A_NETWORK"
"""Is set where the process already runs in a network of its own."""
UNSHARE: Final = ("unshare", "--user", "--map-root-user", "--net", "--mount")
NOWHERE: Final = "02:00:00:00:00:01"
"""A hardware address that nobody has: what is sent there is lost."""


def in_a_network_of_its_own(module: str) -> None:
    """Run this module anew in namespaces of its own, unless it does already; it does not return then."""
    if INSIDE in os.environ:
        return
    command = [*UNSHARE, sys.executable, "-m", module, *sys.argv[1:]]
    os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})  # noqa: S606 (no shell)


def prepare() -> None:
    """Make the bridge; ``ip netns`` keeps its names in a folder that this run alone sees."""
    _run("mount", "-t", "tmpfs", "tmpfs", "/run")
    Path("/run/netns").mkdir()
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "add", BRIDGE, "type", "bridge")
    _run("ip", "address", "add", f"{SUBNET}.1/24", "dev", BRIDGE)
    _run("ip", "link", "set", BRIDGE, "up")


@dataclass(frozen=True, slots=True)
class Machine:
    """A network namespace with an address at the bridge."""

    name: str
    number: int

    @classmethod
    def add(cls, name: str, number: int) -> "Machine":
        """Make one."""
        machine = cls(name, number)
        _run("ip", "netns", "add", name)
        _run("ip", "link", "add", machine.cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _run("ip", "link", "set", machine.cable, "master", BRIDGE, "up")
        _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("ip", "-n", name, "link", "set", "eth0", "up")
        _run("ip", "-n", name, "address", "add", f"{machine.address}/24", "dev", "eth0")
        return machine

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"{SUBNET}.{self.number}"

    @property
    def cable(self) -> str:
        """The name of its end at the bridge."""
        return f"to-{self.name}"

    @property
    def within(self) -> Sequence[str]:
        """The command that runs another one there."""
        return ("ip", "netns", "exec", self.name)

    def unplug(self) -> None:
        """Let everything that it sends or is sent be lost; no connection is closed."""
        _run("ip", "link", "set", self.cable, "nomaster")

    def plug(self) -> None:
        """Connect it again."""
        _run("ip", "link", "set", self.cable, "master", BRIDGE)

    def part(self, others: Iterable["Machine"]) -> None:
        """Let everything be lost between it and these machines; everybody else reaches it."""
        for here, there in self._ways(others):
            _run("ip", "-n", here.name, "neighbour", "replace", there.address, "lladdr", NOWHERE, "nud", "permanent", "dev", "eth0")

    def join(self, others: Iterable["Machine"]) -> None:
        """Let it reach these machines again, and them it."""
        for here, there in self._ways(others):
            _run("ip", "-n", here.name, "neighbour", "delete", there.address, "dev", "eth0")

    def freeze(self) -> None:
        """Stop every process there."""
        stopped = set[int]()
        while fresh := set(self._processes()) - stopped:  # one that is not stopped yet may begin others
            _signal(fresh, signal.SIGSTOP)
            stopped |= fresh

    def thaw(self) -> None:
        """Let every process there go on."""
        _signal(self._processes(), signal.SIGCONT)

    def _processes(self) -> list[int]:
        return [int(line) for line in _run("ip", "netns", "pids", self.name).split()]

    def _ways(self, others: Iterable["Machine"]) -> list[tuple["Machine", "Machine"]]:
        return [way for other in others for way in ((self, other), (other, self))]


def _signal(processes: Iterable[int], what: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):  # one that ended meanwhile
            os.kill(process, what)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 (commands of this module)
