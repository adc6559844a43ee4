"""Whoever reads a message survives what other versions of its owner write."""

import json
from enum import StrEnum
from typing import Any, get_args

import pytest
from contracts.message import Message, Part
from contracts.open_words import Open, is_known, open_word
from contracts.published import messages, sample
from contracts.rooms import HoldAnswer, HoldsAnswered, Outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from testing.later_messages import later_data
from testing.properties import examples


@settings(max_examples=examples(12))
@given(st.data())
@pytest.mark.parametrize("message", messages(), ids=lambda message: message.type)
def test_every_message_is_read_with_fields_and_words_that_are_unknown(message: type[Message], data: st.DataObject) -> None:
    stated = data.draw(later_data(message))
    read = message.model_validate_json(json.dumps(stated))
    assert _is_kept(stated, json.loads(read.model_dump_json()))


def _is_kept(stated: object, kept: Any) -> bool:  # noqa: ANN401 (any JSON)
    """Whether what was read is what was written, but for what was added later."""
    if isinstance(stated, dict):
        return all(_is_kept(value, kept[name]) for name, value in stated.items() if name in kept)
    if isinstance(stated, list):
        return len(stated) == len(kept) and all(map(_is_kept, stated, kept))
    return stated == kept


def test_every_word_of_an_enumeration_in_a_message_is_open() -> None:
    closed = [
        f"{part.__name__}.{name}"
        for part in _parts()
        for name, field in part.model_fields.items()
        if any(isinstance(each, type) and issubclass(each, StrEnum) for each in _within(field.annotation)) and "_Open" not in repr(field)
    ]
    assert closed == []


def _parts() -> set[type[Part]]:
    found: set[type[Part]] = set()
    waiting: list[type[Part]] = list(messages())
    while waiting:
        part = waiting.pop()
        found.add(part)
        within = (each for field in part.model_fields.values() for each in _within(field.annotation))
        waiting += [each for each in within if isinstance(each, type) and issubclass(each, Part) and each not in found]
    return found


def _within(annotation: object) -> list[object]:
    return [annotation, *(each for part in get_args(annotation) for each in _within(part))]


def test_a_known_word_is_its_member_and_another_one_is_itself() -> None:
    answered = sample(HoldsAnswered)["data"]
    answered["answers"][0]["outcome"] = "postponed"
    postponed, refused = HoldsAnswered.model_validate_json(json.dumps(answered)).answers
    assert refused.outcome is Outcome.REFUSED
    assert (postponed.outcome, is_known(postponed.outcome)) == ("postponed", False)
    assert open_word(Outcome, "granted") is Outcome.GRANTED


@pytest.mark.parametrize("wrong", ["3", "null", '""', '["granted"]', f'"{"x" * 61}"'])
def test_what_is_not_a_short_text_is_no_word(wrong: str) -> None:
    answered = sample(HoldsAnswered)["data"]
    written = json.dumps(answered).replace('"granted"', wrong)
    with pytest.raises(ValidationError):
        HoldsAnswered.model_validate_json(written)


def test_a_writer_writes_only_words_of_its_version() -> None:
    answer = HoldsAnswered.model_validate_json(json.dumps(sample(HoldsAnswered)["data"])).answers[0]
    with pytest.raises(ValidationError):
        HoldAnswer.model_validate({**answer.model_dump(), "outcome": "postponed"})
    assert Open[Outcome]
