"""A text of a certain form has the digits that every reader of it knows."""

from typing import Annotated

import pytest
from contracts.forms import TextForm
from contracts.rooms import WallTime
from pydantic import TypeAdapter, ValidationError

NPI = TypeAdapter(Annotated[str, TextForm(r"^\d{10}$", "An NPI has ten digits.")])
MIXED = TypeAdapter(Annotated[str, TextForm(r"^[\d.]+$", "Digits and points.")])
WALL_TIME = TypeAdapter[str](WallTime)


@pytest.mark.parametrize(
    ("form", "text"),
    [(WALL_TIME, "0\N{ARABIC-INDIC DIGIT FIVE}:00"), (NPI, "\N{ARABIC-INDIC DIGIT ONE}" * 10), (MIXED, "1.\N{FULLWIDTH DIGIT TWO}")],
)
def test_digits_of_other_scripts_are_refused(form: TypeAdapter[str], text: str) -> None:
    with pytest.raises(ValidationError):
        form.validate_python(text)


@pytest.mark.parametrize(("form", "text"), [(WALL_TIME, "05:00"), (NPI, "1234567893"), (MIXED, "1.2")])
def test_digits_are_taken(form: TypeAdapter[str], text: str) -> None:
    assert form.validate_python(text) == text
