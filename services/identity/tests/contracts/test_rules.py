"""This service's code follows the rules that the code of every service follows."""

from pathlib import Path
from typing import Final

import pytest
from testing.rules import OF_A_SERVICE, Package, Rule

SERVICE: Final = Package.of_project(Path(__file__).parents[2])


@pytest.mark.parametrize("rule", OF_A_SERVICE, ids=lambda rule: rule.__name__)
def test_a_rule_is_followed(rule: Rule) -> None:
    broken = rule(SERVICE)
    assert not broken, "\n".join(broken)
