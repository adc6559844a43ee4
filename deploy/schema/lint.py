"""Lint of migrations, of all services or of those named: squawk looks at the SQL of every revision that the release before does not have.

Revisions of the release before run on empty databases only, in new installations: nobody waits for their locks. What is accepted of
the others stands with its reason in the service's ``migrations/schema.toml``; an entry that accepts nothing is an error too. The rules
that are ignored everywhere stand in ``.squawk.toml``.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from servers.rights import EVERY_SERVICE

from schema.previous import previous_release
from schema.revisions import ROOT, Rendered, rendered

SQUAWK: Final = Path(sys.executable).with_name("squawk")
CONFIG: Final = ROOT / ".squawk.toml"

Accepted = set[tuple[str, str]]
"""Revisions and the rules whose findings are accepted of them."""


def main(services: Sequence[str]) -> int:
    """Print what is found in the revisions of these services; 1 when there is something."""
    before = previous_release().heads
    problems: list[str] = []
    for service in services:
        revisions = since(before.get(service), rendered(service))
        problems += findings(revisions, accepted(service), f"services/{service}/migrations/schema.toml")
    for problem in problems:
        print(problem)
    return bool(problems)


def since(head: str | None, revisions: Iterable[Rendered]) -> list[Rendered]:
    """Return the revisions that come after one, whatever their ids are; ``ValueError`` where it is none of them.

    A service that the release before does not have (None) has none that anybody waits for.
    """
    if head is None:
        return []
    ordered = list(revisions)
    return ordered[[each.revision for each in ordered].index(head) + 1 :]


def accepted(service: str) -> Accepted:
    """Read what is accepted of the revisions of a service."""
    groups = tomllib.loads((ROOT / "services" / service / "migrations" / "schema.toml").read_text()).get("accepted", [])
    return {(group["revision"], rule) for group in groups for rule in group["rules"]}


def findings(revisions: Iterable[Rendered], accepted: Accepted, where: str) -> list[str]:
    """Return what squawk reports and nobody accepted, and what was accepted and is not reported, one line each."""
    files = {f"{revision.revision}.sql": revision for revision in revisions}
    with TemporaryDirectory(prefix="holdfast-squawk-") as folder:
        for name, revision in files.items():
            (Path(folder) / name).write_text(revision.sql)
        reports = _squawk(Path(folder), list(files)) if files else []
    unused = set(accepted)
    found: list[str] = []
    for report in reports:
        revision = files[report["file"]]
        place = (revision.revision, report["rule_name"])
        unused.discard(place)
        if place not in accepted:
            statement = " ".join(revision.sql.splitlines()[report["line"]].split())
            found.append(f"{revision.file}: {report['rule_name']}: {report['message']} {report['help'] or ''}\n    {statement}")
    return found + [f"{where}: revision {revision} has no finding of {rule} any more" for revision, rule in sorted(unused)]


def _squawk(folder: Path, names: list[str]) -> list[dict[str, Any]]:
    command = [str(SQUAWK), "--config", str(CONFIG), "--reporter", "json", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout:
        message = f"squawk failed: {done.stderr}"
        raise RuntimeError(message)
    reports: list[dict[str, Any]] = json.loads(done.stdout)
    return reports


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or EVERY_SERVICE))
