"""`make release` keeps what every part describes now, or what the named ones do."""

import json
from pathlib import Path
from typing import Any

import pytest
from compatibility import released


def test_a_service_that_is_released_alone_leaves_what_the_others_have_released(tmp_path: Path) -> None:
    for part in released.PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / "0.0.1.json").write_text(json.dumps(released.present(part)))
    assert released.main(["rooms"], tmp_path) is None
    assert [released.last(part, tmp_path)[0] for part in released.PARTS if part != "rooms"] == ["0.0.1"] * (len(released.PARTS) - 1)
    assert released.last("rooms", tmp_path) == (released.version("rooms"), released.present("rooms"))


def test_a_part_that_breaks_readers_of_its_release_is_kept_from_being_released_and_no_other(tmp_path: Path) -> None:
    for part in released.PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / f"{released.version(part)}.json").write_text(json.dumps(released.present(part)))
    gone: dict[str, Any] = {"paths": {"/gone": {"get": {"responses": {}}}}, "components": {"schemas": {}}}
    (tmp_path / "rooms" / f"{released.version('rooms')}.json").write_text(json.dumps(gone))
    refused = released.main(["catalog", "rooms"], tmp_path)
    assert refused is not None
    assert "rooms: operation-removed" in refused
    assert released.main(["catalog"], tmp_path) is None


@pytest.mark.parametrize("named", ["chassis", "room"])
def test_what_is_no_part_is_named_with_those_that_are(named: str, tmp_path: Path) -> None:
    assert released.main([named], tmp_path) == f"{named} has no description to keep; these have: {', '.join(released.PARTS)}"
