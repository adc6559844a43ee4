"""How long the processors have worked for what this process has begun: services, servers, and what those began."""

import os
from pathlib import Path
from typing import Final

TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
PARENT, TIMES, OWN_TIMES = 1, slice(11, 15), slice(11, 13)
"""Places in ``/proc/…/stat`` after the name (proc(5)): the parent, the ticks of a process and of its children that ended, and its own."""
BYTES_PER_MB: Final = 1_000_000


def seconds() -> float:
    """Return the seconds of processor that all descendants of this process have taken."""
    stats = {int(path.parent.name): fields for path in Path("/proc").glob("[0-9]*/stat") if (fields := _fields(path))}
    children: dict[int, list[int]] = {}
    for process, fields in stats.items():
        children.setdefault(int(fields[PARENT]), []).append(process)
    ticks, todo = 0, [*children.get(os.getpid(), ())]
    while todo:
        process = todo.pop()
        ticks += sum(map(int, stats[process][TIMES]))
        todo += children.get(process, ())
    return ticks / TICKS_PER_S


def seconds_of(process: int) -> float:
    """Return the seconds of processor that one process has taken; 0 when it has ended."""
    return sum(map(int, _fields(Path(f"/proc/{process}/stat"))[OWN_TIMES])) / TICKS_PER_S


def resident_mb(process: int) -> float:
    """Return the memory of a process that is resident, in megabytes of 1,000,000 bytes (proc(5))."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_MB


def _fields(stat: Path) -> list[str]:
    """Return what follows the name; nothing of a process that has ended meanwhile."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
