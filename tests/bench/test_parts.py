"""What the benches work out by themselves."""

import os
from pathlib import Path

import pytest

from bench import imports, processor, quotas
from bench.trend import last_half, slope

PRINTED = """
warning: something else
import time: self [us] | cumulative | imported package
import time:       100 |        100 |     uvicorn.config
import time:        50 |        150 |   uvicorn
import time:       700 |        850 | billing.main
"""


def test_a_line_of_memory_that_grows_has_its_slope_and_one_that_stays_has_none() -> None:
    assert slope([(0, 100), (10, 105), (20, 110)]) == pytest.approx(0.5)
    assert slope([(0, 100), (10, 100)]) == 0
    assert slope([(5, 100)]) == 0


def test_only_the_second_half_of_the_time_counts_as_the_last_half() -> None:
    assert last_half([(0, 1), (4, 2), (5, 3), (10, 4)]) == [(5, 3), (10, 4)]


def test_imports_are_read_among_other_lines_and_added_up_by_package() -> None:
    found = list(imports.parsed(PRINTED.splitlines()))
    assert found[-1] == imports.Import("billing.main", 700, 850)
    assert imports.by_package(found) == [("billing", 700), ("uvicorn", 150)]


def test_a_share_of_a_core_is_written_as_the_kernel_s_control_groups_of_both_versions_have_it() -> None:
    assert quotas.limits(quotas.V1, 10) == {"cpu.cfs_period_us": "10000", "cpu.cfs_quota_us": "1000"}
    assert quotas.limits(quotas.V2, 25) == {"cpu.max": "2500 10000"}


def test_a_share_below_what_the_kernel_gives_is_refused() -> None:
    with pytest.raises(quotas.QuotaError, match="at least 10 %"):
        quotas.limits(quotas.V1, 5)


def test_where_groups_may_not_be_made_it_is_said_why(tmp_path: Path) -> None:
    groups = quotas.Shares(tmp_path / "missing" / "bench", quotas.limits(quotas.V1, 10))
    with pytest.raises(quotas.QuotaError, match="no processor quotas can be set here"):
        groups.make()


def test_a_process_has_its_own_time_and_memory_and_one_that_has_ended_has_no_time() -> None:
    assert processor.seconds_of(os.getpid()) > 0
    assert processor.resident_mb(os.getpid()) > 1
    assert processor.seconds_of(2**31 - 1) == 0
