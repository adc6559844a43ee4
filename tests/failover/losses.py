"""What was answered and is not there after a fail-over, by the fault that went on when it was answered."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from chaos.judge import Line

NOTHING: Final = "nothing"
CHANGES: Final = {"fault": 1, "mended": -1, "not mended": -1}
"""How many faults more are under way after a line of this kind."""


def losses(lines: Sequence[Line]) -> list[str]:
    """Return a line for each fault during which a success was answered that the sessions in the end do not have, and how many."""
    versions = {row["id"]: row["version"] for line in lines if _has_sessions(line) for row in line["rows"]}
    lost = [
        line
        for line in lines
        if line["kind"] == "answer" and line["session"] and versions.get(line["session"]["id"], 0) < line["session"]["version"]
    ]
    sessions = {line["session"]["id"] for line in lost}
    gone = sessions - versions.keys()
    counts = Counter(under_way(lines, line["after_s"]) for line in lost)
    stated = f"{len(lost)} answers are not there, about {len(gone)} sessions that are not there and {len(sessions - gone)} that went back"
    return [stated, *(f"{count:6}  {fault}" for fault, count in sorted(counts.items()))]


def under_way(lines: Sequence[Line], moment_s: float) -> str:
    """Return the faults that were under way at a moment of the run."""
    going = Counter[str]()
    for line in lines:
        if line["after_s"] <= moment_s and line["kind"] in CHANGES:
            going[line["what"]] += CHANGES[line["kind"]]
    return " and ".join(sorted(what.partition(" for ")[0] for what, count in going.items() if count > 0)) or NOTHING


def _has_sessions(line: Line) -> bool:
    return line["kind"] == "rows" and (line["service"], line["table"]) == ("scheduling", "session")
