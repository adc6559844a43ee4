"""The parser of the AsyncAPI project reads every document of the messages and finds nothing wrong with them."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from contracts.published import messages, owner
from local.web import OUTSIDE, node, packages
from servers.rights import SERVICES
from support.repository import ROOT, tracked

Json = dict[str, Any]
DOCUMENTS: Final = {
    ROOT / "docs" / "asyncapi.json": set(SERVICES),
    **{ROOT / "services" / name / "asyncapi.json": {name} for name in SERVICES},
}
PARSE_S: Final = 300


def test_the_parser_of_asyncapi_accepts_every_document_without_a_warning() -> None:
    assert {path for path in tracked() if path.name == "asyncapi.json"} == {path.relative_to(ROOT) for path in DOCUMENTS}
    for (path, owners), read in zip(DOCUMENTS.items(), parsed(*DOCUMENTS), strict=True):
        assert read["findings"] == [], path
        assert sorted(read["addresses"]) == sorted(message.type for message in messages() if owner(message) in owners), path


def test_the_parser_of_asyncapi_objects_to_a_document_that_is_wrong(tmp_path: Path) -> None:
    document = json.loads((ROOT / "docs" / "asyncapi.json").read_text())
    del document["info"]["version"]
    document["operations"]["roomsSaysRoomBlocked"]["action"] = "shout"
    wrong = tmp_path / "asyncapi.json"
    wrong.write_text(json.dumps(document).replace('"schemas/', f'"{ROOT}/docs/schemas/'))
    [read] = parsed(wrong)
    assert {"info", "operations.roomsSaysRoomBlocked.action"} <= {finding["place"] for finding in read["findings"]}


def parsed(*documents: Path) -> list[Json]:
    """Return what the parser reads in each document, and what it finds."""
    packages(OUTSIDE)
    command = [node(), OUTSIDE / "asyncapi.mjs", *documents]
    run = subprocess.run(command, capture_output=True, check=True, text=True, timeout=PARSE_S)  # noqa: S603 (our own)
    return [json.loads(line) for line in run.stdout.splitlines()]
