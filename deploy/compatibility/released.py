"""The descriptions of the last release: docs/released/<part>/<version>.json, written by ``make release`` and compared by tests.

``python -m compatibility.released`` writes what the contracts describe now, the services in their ``openapi.json`` and the other shared
packages by their public names, under the versions that they have now; with names (``… rooms``), only of those. It refuses what would break
readers of the last release: messages always, an HTTP interface or the names of a package unless its version reports it.
"""

import json
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from front.api_types import description_of
from local.environment import ROOT
from servers.rights import EVERY_SERVICE

from compatibility import messages, names, openapi
from compatibility.patterns import as_before

Json = dict[str, Any]

RELEASED: Final = ROOT / "docs" / "released"
CONTRACTS: Final = "contracts"
PACKAGES: Final = ("chassis", "servers", "testing")
PARTS: Final = (CONTRACTS, *EVERY_SERVICE, *PACKAGES)


def last(part: str, folder: Path = RELEASED) -> tuple[str, Json]:
    """Return the last released version of a part, and what was described then."""
    [path] = (folder / part).glob("*.json")
    return path.stem, json.loads(path.read_text())


def present(part: str) -> Json:
    """Return what a part describes now."""
    if part in PACKAGES:
        return {**names.described(folder_of(part) / part)}
    return messages.described() if part == CONTRACTS else json.loads(description_of(part).read_text())


def folder_of(part: str) -> Path:
    """Return the folder that has a part's code, versions and changelog."""
    return ROOT / ("services" if part in EVERY_SERVICE else "shared") / part


def version(part: str) -> str:
    """Return the version that a part has now."""
    return tomllib.loads((folder_of(part) / "pyproject.toml").read_text())["project"]["version"]


def broken(part: str, today: date, folder: Path = RELEASED) -> list[str]:
    """Name everything that is broken since the last release without a version that allows it; nothing before the first one."""
    if not (folder / part).exists():
        return []
    released, last_described = last(part, folder)
    described, now = as_before(last_described), as_before(present(part))
    if part == CONTRACTS:
        return messages.breaks(described, now, today)
    breaks = names.breaks if part in PACKAGES else openapi.breaks
    found = [str(each) for each in breaks(described, now)]
    return [] if may_break(released, version(part)) else found


def may_break(released: str, now: str) -> bool:
    """Whether a version is one after which clients have to look what changed: another major version, or minor one of 0."""
    before, after = ([int(number) for number in each.split(".")[:2]] for each in (released, now))
    return after[:1] > before[:1] if before[0] else after > before


def write(folder: Path = RELEASED, parts: Sequence[str] = PARTS) -> None:
    """Keep what is described now as released, in place of what was."""
    for part in parts:
        path = folder / part / f"{version(part)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        for former in path.parent.glob("*.json"):
            former.unlink()
        path.write_text(json.dumps(present(part), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def main(named: Sequence[str] = (), folder: Path = RELEASED) -> str | None:
    """Write the descriptions of a release, of all parts or of the named ones; return why they must not be released."""
    if unknown := sorted(set(named) - set(PARTS)):
        return f"{', '.join(unknown)} has no description to keep; these have: {', '.join(PARTS)}"
    parts, today = named or PARTS, datetime.now(UTC).date()
    if found := [f"{part}: {each}" for part in parts for each in broken(part, today, folder)]:
        return "\n".join(["This breaks readers of the last release; mend it, or raise the first number of the version:", *found])
    write(folder, parts)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
