"""Every file of the repository has its owner, and no other: the last line of CODEOWNERS that matches it decides."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
import yaml
from servers.rights import EVERY_SERVICE, SERVICES
from support.repository import ROOT, tracked

Rules = list[tuple[str, list[str]]]


def team_of(service: str) -> str:
    """Return the team that Backstage shows as a service's owner."""
    [component, *_] = yaml.safe_load_all((ROOT / "services" / service / "catalog-info.yaml").read_text())
    return component["spec"]["owner"].replace("group:", "@")


PLATFORM: Final = ["@holdfast/platform"]
WEB: Final = ["@holdfast/web"]
OF_SERVICES: Final = [team_of(service) for service in SERVICES]
OWNED: Final = {
    **{f"services/{service}/": [team_of(service)] for service in EVERY_SERVICE},
    **dict.fromkeys(("shared/contracts/", "docs/messages.md", "docs/asyncapi.json", "docs/schemas/"), OF_SERVICES),
    **dict.fromkeys(("web/", "docs/screenshots/"), WEB),
}
"""Who owns what; whatever is not in this list is the platform's."""
TEXT: Final = (ROOT / "CODEOWNERS").read_text()


def rules(text: str) -> Rules:
    """Read the lines of CODEOWNERS: a pattern, and those who own what matches it."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [(pattern, owners) for pattern, *owners in lines]


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern names this file, or a folder that it is in; every pattern begins at the root."""
    wanted = pattern.removeprefix("/")
    return path.startswith(wanted) if wanted.endswith("/") else path == wanted


def wrongly_owned(text: str) -> list[str]:
    """Return the files for which the last matching line names other owners than theirs."""
    known, nobody = rules(text)[::-1], list[str]()
    files = [str(path) for path in tracked()]
    owned = {path: next((owners for pattern, owners in known if covers(pattern, path)), nobody) for path in files}
    expected = {path: next((owners for part, owners in OWNED.items() if covers(part, path)), PLATFORM) for path in files}
    return [path for path in files if sorted(owned[path]) != sorted(expected[path])]


def test_every_file_has_the_owner_that_is_stated_for_its_part() -> None:
    assert wrongly_owned(TEXT) == []


def test_every_part_that_has_an_owner_of_its_own_is_there() -> None:
    assert [part for part in OWNED if not any(covers(part, str(path)) for path in tracked())] == []


def test_every_line_begins_at_the_root_and_is_about_a_file() -> None:
    patterns = [pattern for pattern, _ in rules(TEXT)]
    assert [each for each in patterns if not each.startswith("/") or not any(covers(each, str(path)) for path in tracked())] == []


@pytest.mark.parametrize(
    ("pattern", "owners"),
    [
        ("/services/rooms/", ["@holdfast/billing"]),
        ("/services/rooms/", ["@holdfast/rooms", "@holdfast/billing"]),
        ("/web/", ["@holdfast/billing"]),
        ("/shared/contracts/", ["@holdfast/billing"]),
        ("/deploy/", ["@holdfast/platfrom"]),
        ("/docs/", []),
    ],
)
def test_a_line_that_names_another_team_too_few_or_none_is_found(pattern: str, owners: Sequence[str]) -> None:
    changed = re.sub(rf"^{pattern} .*$", " ".join([pattern, *owners]), TEXT, flags=re.MULTILINE)
    found = wrongly_owned(changed)
    assert found
    assert all(covers(pattern, path) for path in found)


def test_a_last_line_that_takes_over_what_others_own_is_found() -> None:
    found = wrongly_owned(f"{TEXT}/shared/ @holdfast/web\n")
    assert {Path(path).parts[1] for path in found} == {path.parts[1] for path in tracked() if path.parts[0] == "shared"}
