"""Faults one after the other, while desks book, move, cancel and complete: nothing is lost, doubled or stuck."""

import json
from itertools import islice
from pathlib import Path
from typing import Final

from chaos.faults import plan
from chaos.judge import judge
from chaos.run import run
from support.platform import Platform

SEED: Final = 11
FAULTS: Final = 5
LONGEST_S: Final = 1.5


async def test_after_faults_everybody_has_what_they_were_told(hurt: Platform, tmp_path: Path) -> None:
    faults = list(islice(plan(SEED, LONGEST_S), FAULTS))
    with (tmp_path / "history.jsonl").open("w") as file:
        counts = await run(hurt, file, SEED, faults)
    assert counts["fault"] == FAULTS
    assert counts["answer"] > FAULTS
    lines = (json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines())
    assert {kind: found for kind, found in judge(lines).items() if found} == {}, [str(fault) for fault in faults]
