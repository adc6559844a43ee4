"""The test run itself: it ends, and states which test was at fault."""

import asyncio
import re
import sys
from pathlib import Path

import pytest
from hypothesis.internal.conjecture import engine
from support.platform import SHARE_A_PLATFORM
from support.repository import ROOT
from testing.waiting import until

RUN_S = 400
A_PROCESS_DIES = """
import os
import pytest


@pytest.mark.parametrize("number", range(8))
def test_that_ends_its_process(number):
    if number == 5:
        os._exit(1)
"""
A_TEST_PASSES = """
def test_that_passes():
    pass
"""


async def test_a_test_process_that_dies_fails_the_run_at_once_and_names_the_test_and_its_package(tmp_path: Path) -> None:
    for package, test in {"rooms": A_PROCESS_DIES, "billing": A_TEST_PASSES}.items():
        folder = tmp_path / "services" / package / "tests"
        folder.mkdir(parents=True)
        (folder / f"test_of_{package}.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-n", "2", "-p", "no:cacheprovider", str(tmp_path)]
    async with asyncio.timeout(RUN_S):
        run = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        printed, _ = await run.communicate()
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_that_ends_its_process[5]" in printed.decode()
    assert "replacing crashed worker" not in printed.decode()
    assert re.search(r"^billing +passed  1 passed", printed.decode(), re.MULTILINE)
    assert re.search(r"^rooms +FAILED  1 error, \d passed", printed.decode(), re.MULTILINE)


@pytest.mark.parametrize("folder", SHARE_A_PLATFORM)
def test_a_platform_ends_with_the_last_test_that_shares_it(folder: str) -> None:
    """Else it would take processor time from all the tests that come after: pytest ends it there only where the folder is a package."""
    assert (ROOT / folder / "__init__.py").exists()


def test_the_long_tests_of_several_services_begin_before_the_short_ones_of_one(request: pytest.FixtureRequest) -> None:
    are_of_several = [item.nodeid.startswith("tests/") for item in request.session.items]
    assert are_of_several == sorted(are_of_several, reverse=True)


def test_a_failing_property_is_simplified_within_the_time_that_a_test_has(pytestconfig: pytest.Config) -> None:
    limit = pytestconfig.getini("faulthandler_timeout")
    assert 0 < engine.MAX_SHRINKING_SECONDS <= float(limit) / 2


async def test_a_wait_that_ends_in_vain_says_what_it_waited_for() -> None:
    async def the_kettle_boils() -> bool:
        return False

    with pytest.raises(AssertionError, match=r"(?s)not within 0\.01 s: seen last: False.*the_kettle_boils"):
        await until(the_kettle_boils, within=0.01)


async def test_a_wait_for_something_that_never_answers_ends_as_well() -> None:
    async def nothing_comes() -> bool:
        await asyncio.Event().wait()
        return True

    with pytest.raises(AssertionError, match=r"(?s)a look did not end.*nothing_comes"):
        await until(nothing_comes, within=0.01)
