"""Judge a history of answers and faults, and what the databases have at its end: ``tools/check_history HISTORY``.

It needs nothing but Python, and knows nothing of the platform but the file, which is compressed where its name ends in .gz or .xz. Its
lines are JSON:

- ``answer``: ``key``, ``status`` and, where it was a success, ``session`` with ``id``, ``status`` and ``version``
- ``rows``: ``service``, ``table`` and ``rows``, at the end, when nothing is under way any more
  (``scheduling.announced``: the messages about bookings; a history without them is judged by the rest); the last line of a table counts
- ``given up``: the ``key`` of a request that was repeated for minutes and not decided
- ``not mended``: ``what`` fault could not be made or undone, with the ``error``
- ``fault``: ``how`` and ``of`` what; they are counted, not judged
- anything else is not looked at
"""

import gzip
import json
import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

Line = dict[str, Any]
Row = dict[str, Any]

TAKING: Final = {"booked", "completed"}
HOLDING: Final = {"held", "confirmed"}
SHOWN: Final = 10


def judge(lines: Iterable[Line]) -> dict[str, list[str]]:
    """Return what is wrong, by kind; empty lists where nothing is."""
    answers, given_up, not_mended, tables = list[Line](), list[str](), list[str](), dict[str, list[Row]]()
    for line in lines:
        if line["kind"] == "answer":
            answers.append(line)
        elif line["kind"] == "given up":
            given_up.append(line["key"])
        elif line["kind"] == "not mended":
            not_mended.append(f"{line['what']}: {line['error']}")
        elif line["kind"] == "rows":
            tables[f"{line['service']}.{line['table']}"] = line["rows"]
    told = [answer for answer in answers if answer.get("session")]
    sessions = {row["id"]: row for row in tables["scheduling.session"]}
    taking = [row for row in sessions.values() if row["status"] in TAKING or (row["status"] == "offered" and row["hold_id"])]
    holds = [row for row in tables["rooms.hold"] if row["status"] in HOLDING]
    return {
        "failed without saying why": [f"{each['key']}: {each['status']}" for each in answers if each["status"] == 500],
        "not decided in time": given_up,
        "not mended": not_mended,
        "lost": sorted({each["session"]["id"] for each in told} - sessions.keys()),
        "unknown to those who booked": sorted(sessions.keys() - {each["session"]["id"] for each in told}),
        "doubled": [key for key, ids in _sessions_of_keys(told).items() if len(ids) > 1],
        "went back": [
            each["key"] for each in told if sessions.get(each["session"]["id"], {}).get("version", 0) < each["session"]["version"]
        ],
        "undecided": [row["id"] for row in sessions.values() if row["status"] == "requested" or row["pending_hold_id"]],
        "announced twice": _announced_twice(tables.get("scheduling.announced", [])),
        "never announced": _never_announced(sessions, tables.get("scheduling.announced")),
        "two in a room": _overlaps((row["room_id"], row["starts_at"], row["occupied_until"], row["session_id"]) for row in holds),
        "a person in two sessions": _overlaps(
            (person, row["starts_at"], row["ends_at"], row["id"])
            for row in taking
            for person in (row["therapist_id"], row["client_id"], *row["other_client_ids"])
        ),
        "scheduling and rooms disagree": _differences(
            [(row["id"], row["hold_id"], row["room_id"], row["starts_at"], row["ends_at"]) for row in taking],
            [
                (row["session_id"], row["id"], row["room_id"], row["starts_at"], row["ends_at"])
                for row in holds
                if row["status"] == "confirmed"
            ],
        ),
        "held for nobody": [row["id"] for row in holds if row["status"] == "held"],
        "not one record for each client": _differences(
            [(row["id"], client) for row in taking if row["status"] == "completed" for client in (row["attended"] or [row["client_id"]])],
            [(row["session_id"], row["client_id"]) for row in tables["billing.record"] if row["payment_status"] != "voided"],
        ),
        "does not balance": [row["transaction_id"] for row in tables["billing.unbalanced"]],
        "parked": [f"{name}: {row['messages']}" for name, rows in tables.items() if name.endswith(".parked") for row in rows],
        "never sent": [f"{name}: {row['type']}" for name, rows in tables.items() if name.endswith(".outbox") for row in rows],
    }


def _sessions_of_keys(told: Sequence[Line]) -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for answer in told:
        found[answer["key"]].add(answer["session"]["id"])
    return found


def _announced_twice(announced: Sequence[Row]) -> list[str]:
    """Return the sessions whose booking has two messages; one message may arrive as often as it likes."""
    messages = {(row["id"], row["session_id"]) for row in announced}
    return [session for session, count in Counter(session for _, session in messages).items() if count > 1]


def _never_announced(sessions: dict[str, Row], announced: Sequence[Row] | None) -> list[str]:
    booked = {row["id"] for row in sessions.values() if row["status"] in TAKING}
    return [] if announced is None else sorted(booked - {row["session_id"] for row in announced})


def _overlaps(taken: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Return which (what, begin, end, by whom) begin before the one before ends; moments are ISO 8601 in UTC, which sort as text."""
    return [
        f"{what}: {first} and {second}"
        for (what, _, end, first), (same, begin, _, second) in pairwise(sorted(taken))
        if what == same and begin < end and first != second
    ]


def _differences(ours: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]]) -> list[str]:
    return (
        [] if sorted(ours) == sorted(theirs) else [str(each) for each in sorted(set(ours) ^ set(theirs))] or ["one of them has one twice"]
    )


def read(path: Path) -> list[Line]:
    """Read a history."""
    opened = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opened(path, "rt") as file:
        return [json.loads(line) for line in file]


def main(path: str) -> int:
    """Judge the history in a file; 1 where something is wrong."""
    lines = read(Path(path))
    faults = Counter(line["how"] for line in lines if line["kind"] == "fault")
    answered = sum(line["kind"] == "answer" for line in lines)
    sys.stdout.write(f"{faults.total()} faults, {answered} answers\n")
    for how, happened in sorted(faults.items()):
        sys.stdout.write(f"{happened:6}  {how}\n")
    sys.stdout.write("found:\n")
    findings = judge(lines)
    for kind, found in findings.items():
        sys.stdout.write("\n          ".join([f"{len(found):6}  {kind}", *found[:SHOWN]]) + "\n")
    return int(any(findings.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
