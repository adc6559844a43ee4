"""The web front knows the services as they are, and its own parts are proved."""

import re
from operator import itemgetter
from pathlib import Path
from typing import Final

import pytest
from front.api_types import description_of, first_line, types_of
from front.screenshots import EXAMPLES, paths, pictures
from local import web
from local.environment import NotPreparedError
from servers.rights import EVERY_SERVICE

PARTS: Final = 6
"""Into which the component tests are divided, so that workers share them."""


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_the_types_of_the_web_front_are_those_of_the_service(service: str) -> None:
    known = types_of(service).read_text().partition("\n")[0]
    assert known == first_line(service, description_of(service).read_text().rstrip()), "the API has changed: run `make types`"


def test_time_money_and_words_are_right() -> None:
    prove("--project", "units")


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_every_dialog_sends_once_and_tells_what_is_wrong_where_it_is(part: int) -> None:
    prove("--project", "components", "--shard", f"{part}/{PARTS}")


def prove(*which: str) -> None:
    """Run tests of the front's own parts."""
    web.packages()
    web.run([web.WEB / "node_modules" / "vitest" / "vitest.mjs", "run", *which])


def test_an_import_against_the_one_direction_is_refused_however_it_is_written(tmp_path: Path) -> None:
    against = {
        "ui/a.ts": 'export { x } from "../features/b";',
        "api/c.ts": 'export const load = () => import("@/features/b");',
        "features/d.ts": 'export { x } from "../pages/rooms";',
        "pages/rooms/e.ts": 'export { x } from "../../app/routes";',
        "pages/rooms/h.ts": 'export { x } from "@/pages/book";',
    }
    allowed = {"pages/rooms/f.ts": 'export { x } from "../../features/b";', "features/people/g.ts": 'export { x } from "../b";'}
    (tmp_path / "biome.json").write_text((web.WEB / "biome.json").read_text())
    for name, text in {**against, **allowed}.items():
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).write_text(f"{text}\n")
    web.packages()
    with pytest.raises(NotPreparedError) as refused:
        web.run([web.WEB / "node_modules" / web.BIOME, "lint", "--only=style/noRestrictedImports", "--colors=off"], tmp_path)
    found = str(refused.value)
    assert {name for name in {**against, **allowed} if f"src/{name}" in found} == against.keys()


def test_a_page_uses_what_is_its_own_or_stands_above_it_and_no_other_page() -> None:
    folder = web.WEB / "src" / "pages"
    beside = {
        f"{module.relative_to(folder)}: {written}"
        for module in folder.rglob("*.ts*")
        for written in re.findall(r"""from "(\.{1,2}/[^"]+)"|import\("(\.{1,2}/[^"]+)"\)""", module.read_text())
        for used in [(module.parent / "".join(written)).resolve()]
        if used.parent not in module.parents and module.parent not in used.parents
    }
    assert beside == set()


def test_a_request_past_the_client_of_the_services_is_refused(tmp_path: Path) -> None:
    (tmp_path / "biome.json").write_text((web.WEB / "biome.json").read_text())
    for folder in ("api", "pages"):
        (tmp_path / "src" / folder).mkdir(parents=True)
        (tmp_path / "src" / folder / "a.ts").write_text('export const x = () => fetch("/api/rooms/sites");\n')
    web.packages()
    with pytest.raises(NotPreparedError, match=r"src/pages/a\.ts") as refused:
        web.run([web.WEB / "node_modules" / web.BIOME, "lint", "--only=style/noRestrictedGlobals", "--colors=off"], tmp_path)
    assert "src/api/a.ts" not in str(refused.value)


def test_a_first_visit_loads_less_than_300_kilobytes_with_styles_font_and_icon() -> None:
    loaded = web.first_visit()
    assert {Path(file).suffix for file in loaded} == {".html", ".js", ".css", ".woff2", ".svg"}
    assert sum(loaded.values()) < web.FIRST_VISIT_AT_MOST, sorted(loaded.items(), key=itemgetter(1), reverse=True)[:12]


def test_every_page_has_a_picture_of_its_own_and_an_example_of_what_it_is_about() -> None:
    assert {"calendar", "book", "sessions/:sessionId"} <= set(paths())
    taken = pictures()
    assert len({picture.name for picture in taken}) == len(taken)
    assert {picture.path for picture in taken} == set(paths())
    assert {parameter for picture in taken for parameter in picture.parameters} <= EXAMPLES.keys()
