"""The contracts follow their own rule beside those of every package, which the repository's tests hold them to."""

from pathlib import Path

from testing.rules import Package
from testing.rules.messages import contracts_hold_messages_and_value_types_alone


def test_contracts_hold_messages_and_value_types_alone() -> None:
    broken = contracts_hold_messages_and_value_types_alone(Package.of_project(Path(__file__).parents[1]))
    assert not broken, "\n".join(broken)
