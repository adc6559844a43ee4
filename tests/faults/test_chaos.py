"""Every kind of fault twice, several at a time, while desks use two replicas of each service: nothing is lost, doubled or stuck."""

from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Final

from chaos.judge import judge, read
from chaos.plan import KINDS, plan
from chaos.replicas import two_of_each
from chaos.run import run
from support.platform import Platform

SEED: Final = 11
ROUNDS: Final = 2
LONGEST_S: Final = 1.0
SLOW_COMMIT_S: Final = 0.05
DESKS: Final = 6
MINUTE_S: Final = 60


async def test_after_faults_everybody_has_what_they_were_answered(hurt: Platform, tmp_path: Path) -> None:
    rounds, path = list(islice(plan(SEED, LONGEST_S), ROUNDS)), tmp_path / "history.jsonl"
    async with two_of_each(hurt) as replicas:
        with path.open("w") as file:
            counts = await run(replicas, file, SEED, rounds, desks=DESKS)
    lines = read(path)
    assert counts["mended"] == ROUNDS * len(KINDS) >= 20
    assert {line["replica"] for line in lines if line["kind"] == "answer"} == {1, 2}
    assert {kind: found for kind, found in judge(lines).items() if found} == {}, [str(fault) for faults in rounds for fault in faults]
    measured = defaultdict[str, list[float]](list)
    for line in lines:
        for name, value in line["measured"].items() if line["kind"] == "mended" else ():
            measured[name].append(value)
    assert measured["alarms"] == [1] * 2 * ROUNDS
    assert min(measured["a commit takes s"]) >= SLOW_COMMIT_S
    assert min(measured["connections"]) > 0
    assert max(measured["messages"]) > 0, "no process was killed while it published"
    assert max(measured["held bytes"]) > 0
    assert max(map(abs, measured["ahead s"])) > MINUTE_S
