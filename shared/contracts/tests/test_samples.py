"""Golden samples stay for ever: what was stated once can be read for good, and is stated the same way."""

import json
from pathlib import Path

import contracts
import pytest
from contracts import published
from contracts.envelope import read
from contracts.message import Message
from contracts.published import messages, sample
from contracts.rooms import SiteChanged
from pydantic import ValidationError

SAMPLES = Path(contracts.__file__).parent / "samples"

every_message = pytest.mark.parametrize("message", messages(), ids=lambda message: message.type)


def test_every_message_has_its_sample_and_every_sample_its_message() -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} == {message.type for message in messages()}


@every_message
def test_a_sample_is_read_and_written_word_for_word(message: type[Message]) -> None:
    golden = sample(message)
    stated = message.model_validate_json(json.dumps(golden["data"]))
    assert json.loads(stated.model_dump_json()) == golden["data"]


@every_message
def test_the_envelope_of_a_sample_fits_its_data(message: type[Message]) -> None:
    golden = sample(message)
    stated = message.model_validate_json(json.dumps(golden["data"]))
    about = read(golden["headers"])
    assert about.headers() == golden["headers"]
    assert about.type == message.type
    assert about.id.version == 7
    assert about.subject == (str(stated.subject) if stated.subject else None)
    assert about.correlationid == (str(stated.correlation) if stated.correlation else None)
    assert about.sequence == stated.sequence


@every_message
def test_a_reader_ignores_what_a_later_version_adds(message: type[Message]) -> None:
    later = {**sample(message)["data"], "added_later": {"deep": [1]}}
    assert "added_later" not in message.model_validate_json(json.dumps(later)).model_dump()


@every_message
def test_the_name_says_who_owns_it_and_which_version_it_is(message: type[Message]) -> None:
    owner, _, rest = message.type.partition(".")
    assert owner == published.owner(message)
    assert rest.rpartition(".v")[2].isdigit()


@pytest.mark.parametrize("name", ["x" * 300, "Mars/Olympus", "../etc/passwd", "", "America", "Europe/\x00Berlin"])
def test_a_site_whose_clock_nobody_can_read_is_unreadable(name: str) -> None:
    site = sample(SiteChanged)["data"]
    with pytest.raises(ValidationError, match="time zone is not known"):
        SiteChanged.model_validate_json(json.dumps(site | {"time_zone": name}))
