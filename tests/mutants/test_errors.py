"""The list of errors fits the code, so that `make mutants` can try it at any time."""

import pytest

from mutants.errors import Mutant, read


@pytest.mark.parametrize("mutant", read(), ids=lambda mutant: mutant.name)
def test_an_error_can_be_put_into_the_code_and_has_a_test_that_finds_it(mutant: Mutant) -> None:
    assert mutant.is_applicable, f"{mutant.file} no longer has this once; change the list: {mutant.before}"
    assert mutant.has_its_test, f"there is no {mutant.found_by}; name the test that finds it now"


def test_there_are_at_least_twenty_five_and_no_two_are_alike() -> None:
    changes = {(mutant.file, mutant.before, mutant.after) for mutant in read()}
    assert len(changes) == len(read()) >= 25
