"""Every file of the repository has an owner, and each service is its own team's alone."""

import re
from pathlib import Path
from typing import Final

import pytest
from servers.rights import SERVICES
from support.repository import ROOT, tracked

LINES: Final = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines() if line and not line.startswith("#")]
RULES: Final = [(pattern, owners) for pattern, *owners in LINES]
TEAM: Final = re.compile(r"@holdfast/[a-z]+")


def covers(pattern: str, path: Path) -> bool:
    """Whether a pattern names this file, or a folder that it is in; every pattern begins at the root."""
    wanted = pattern.removeprefix("/")
    return f"{path}".startswith(wanted) if wanted.endswith("/") else f"{path}" == wanted


def owners_of(path: Path) -> list[str]:
    """Return the owners that the last matching rule names."""
    return next((owners for pattern, owners in reversed(RULES) if covers(pattern, path)), [])


def test_every_file_has_an_owner() -> None:
    assert [str(path) for path in tracked() if not owners_of(path)] == []


def test_every_rule_is_about_a_file_and_names_teams() -> None:
    assert [pattern for pattern, _ in RULES if not pattern.startswith("/") or not any(covers(pattern, path) for path in tracked())] == []
    assert [pattern for pattern, owners in RULES if not owners or not all(TEAM.fullmatch(owner) for owner in owners)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_folder_of_a_service_belongs_to_its_team_alone(service: str) -> None:
    folder = Path("services") / service
    assert {tuple(owners_of(path)) for path in tracked() if path.is_relative_to(folder)} == {(f"@holdfast/{service}",)}
