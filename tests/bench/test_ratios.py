"""Two runs of the bench are compared by their ratios."""

import json
from pathlib import Path

import pytest

from bench.compare import main
from bench.ratios import Ratios, compare, read


def written(file: Path, **ratios: float) -> Path:
    Ratios(ratios).write(file)
    return file


def test_a_ratio_that_fell_by_a_fifth_is_named_and_ends_the_comparison_with_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path / "before.json", bookings=2.0, reports=1.0)
    after = written(tmp_path / "after.json", bookings=1.5, reports=0.9)
    assert main([str(before), str(after)]) == 1
    [bookings, reports] = capsys.readouterr().out.splitlines()
    assert bookings.split() == ["bookings", "2.000", "1.500", "0.75", "fell"]
    assert reports.split() == ["reports", "1.000", "0.900", "0.90"]


def test_what_only_one_run_measured_is_told_and_fails_nothing() -> None:
    lines: list[str] = []
    assert compare({"bookings": 1.0, "reports": 1.0}, {"bookings": 1.2, "money": 1.0}, lines.append)
    assert [line.split() for line in lines[1:]] == [["money", "only", "after"], ["reports", "only", "before"]]


def test_a_run_is_written_with_its_commit_and_the_load_of_the_machine(tmp_path: Path) -> None:
    file = written(tmp_path / "run.json", bookings=1.23456)
    assert read(file) == {"bookings": 1.2346}
    assert set(json.loads(file.read_bytes())) == {"at", "commit", "cores", "figures", "load", "ratios"}


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("[]")
    with pytest.raises(ValueError, match="was not written by the bench"):
        read(other)
