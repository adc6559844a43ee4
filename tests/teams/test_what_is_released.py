"""`make release` keeps what every part describes now, or what the named ones do."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from compatibility import names, released


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


@pytest.mark.parametrize(
    ("version", "found"), [("2.1.0", ["chassis.rows.paging.Keyset.before is gone", "chassis.gone.Name is gone"]), ("3.0.0", [])]
)
def test_a_name_that_a_package_has_no_more_is_a_break_unless_the_first_number_of_its_version_is_raised(
    version: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = released.present("chassis")
    former = {**described, "chassis.rows.paging": [*described["chassis.rows.paging"], "Keyset.before"], "chassis.gone": ["Name"]}
    (tmp_path / "chassis").mkdir()
    (tmp_path / "chassis" / "2.0.0.json").write_text(json.dumps(former))
    monkeypatch.setattr(released, "version", {"chassis": version}.__getitem__)
    assert released.broken("chassis", date(2026, 3, 2), tmp_path) == found


def test_the_names_of_a_package_are_those_that_its_modules_define_or_import_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "toy" / "lamps").mkdir(parents=True)
    (tmp_path / "toy" / "lamps" / "__init__.py").write_text("from toy.bulbs import Bulb as Lamp\nfrom json import dumps\n_CACHE = 1\n")
    (tmp_path / "toy" / "bulbs.py").write_text("WATTS: int = 5\nclass Bulb:\n    def light(self): ...\n    def _warm(self): ...\n")
    assert names.described(tmp_path / "toy") == {"toy.bulbs": ["Bulb", "Bulb.light", "WATTS"], "toy.lamps": ["Lamp"]}


@pytest.mark.parametrize("named", ["web", "room"])
def test_what_is_no_part_is_named_with_those_that_are(named: str, tmp_path: Path) -> None:
    assert released.main([named], tmp_path) == f"{named} has no description to keep; these have: {', '.join(released.PARTS)}"
