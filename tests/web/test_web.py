"""The web front knows the services as they are, and its own parts are proved."""

import pytest
from front.api_types import description, first_line, types_of
from front.screenshots import EXAMPLES, paths, pictures
from local import web
from support.running import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_the_types_of_the_web_front_are_those_of_the_service(service: str) -> None:
    known = types_of(service).read_text().partition("\n")[0]
    assert known == first_line(service, description(service)), "the API has changed: run `make types`"


def test_time_and_money_are_right() -> None:
    web.packages()
    web.run([web.WEB / "node_modules" / "vitest" / "vitest.mjs", "run"])


def test_the_first_load_is_small() -> None:
    assert web.first_load() < web.FIRST_LOAD_AT_MOST


def test_every_page_has_a_picture_of_its_own_and_an_example_of_what_it_is_about() -> None:
    assert {"calendar", "book", "sessions/:sessionId"} <= set(paths())
    taken = pictures()
    assert len({picture.name for picture in taken}) == len(taken)
    assert {picture.path for picture in taken} == set(paths())
    assert {parameter for picture in taken for parameter in picture.parameters} <= EXAMPLES.keys()
