"""A fixed share of one core for each process, by a control group of its own: what a replica has when it runs alone on a small machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bench.processor import seconds_of

V1, V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
PERIOD_US: Final = 10_000
"""Short, so that a process that has used its share stands still for milliseconds."""
LEAST_QUOTA_US: Final = 1_000
"""Of the kernel."""


class QuotaError(RuntimeError):
    """This machine does not let us give a process a share of the processor."""


def limits(root: Path, percent: float) -> dict[str, str]:
    """Return the files of a group below this root that give it a share of one core, and what is written to them."""
    quota = round(PERIOD_US * percent / 100)
    if quota < LEAST_QUOTA_US:
        message = f"a process gets at least {100 * LEAST_QUOTA_US / PERIOD_US:g} % of a core"
        raise QuotaError(message)
    if root == V2:
        return {"cpu.max": f"{quota} {PERIOD_US}"}
    return {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(quota)}


@contextmanager
def shares(percent: float) -> Iterator["Shares"]:
    """Make groups within the block; QuotaError where that is not permitted."""
    root = V1 if (V1 / "cpu.cfs_quota_us").exists() else V2
    groups = Shares(root / f"holdfast-bench-{os.getpid()}", limits(root, percent))
    try:
        groups.make()
        yield groups
    finally:
        groups.remove()


class Shares:
    """Groups that have the same share each."""

    def __init__(self, home: Path, files: dict[str, str]) -> None:
        """Have groups below ``home``, which ``make`` makes."""
        self._home = home
        self._files = files
        self._groups: list[Path] = []
        self._processes: list[int] = []

    def make(self) -> None:
        """Make the group that has the others, and try one."""
        try:
            self._home.mkdir()
            if self._home.parent == V2:
                (self._home / "cgroup.subtree_control").write_text("+cpu")
            self._add()
            self.clear()
        except OSError as error:
            message = f"no processor quotas can be set here ({error}): they need root and a writable {self._home.parent}"
            raise QuotaError(message) from error

    def limit(self, process: int) -> None:
        """Let a process, with all of its threads, have the share."""
        (self._add() / "cgroup.procs").write_text(str(process))
        self._processes.append(process)

    def worked_s(self) -> float:
        """Return the seconds of processor that the limited processes have taken since they began."""
        return sum(map(seconds_of, self._processes))

    def clear(self) -> None:
        """Remove the groups, whose processes have ended."""
        for group in self._groups:
            group.rmdir()
        self._groups.clear()
        self._processes.clear()

    def remove(self) -> None:
        """Remove all of it."""
        self.clear()
        with suppress(FileNotFoundError):
            self._home.rmdir()

    def _add(self) -> Path:
        group = self._home / str(len(self._groups) + 1)
        group.mkdir()
        self._groups.append(group)
        for name, value in self._files.items():
            (group / name).write_text(value)
        return group
