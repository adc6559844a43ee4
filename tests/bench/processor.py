"""How long the processors have worked for what this process has begun: services, servers, and what those began."""

import os
from pathlib import Path
from typing import Final

TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
PARENT, TIMES = 1, slice(11, 15)
"""Places in ``/proc/…/stat`` after the name: the parent, and the ticks of a process and of its children that have ended (proc(5))."""


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


def _fields(stat: Path) -> list[str]:
    """Return what follows the name; nothing of a process that has ended meanwhile."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
