"""A rule that values break together, or that no schema states, is refused by a code of its own."""

from typing import Annotated

import pytest
from chassis.bodies.findings import invalid
from chassis.bodies.models import Body
from chassis.bodies.rules import broken
from chassis.errors import DomainError, Invalid, Malformed
from pydantic import AfterValidator, Field, ValidationError, model_validator


def _odd(number: int) -> int:
    if number % 2 == 0:
        raise broken("even-number", f"{number} is even. Choose an odd one.")
    return number


class _Span(Body):
    begin: Annotated[int, AfterValidator(_odd)]
    end: int

    @model_validator(mode="after")
    def _takes_time(self) -> "_Span":
        if not self.begin < self.end:
            raise broken("impossible-time", "end must be after begin.", field="end")
        return self


class _Day(Body):
    spans: Annotated[tuple[_Span, ...], Field(min_length=1)]


def _refused(body: type[Body], **sent: object) -> DomainError:
    with pytest.raises(ValidationError) as refusal:
        body.model_validate(sent)
    return invalid([{**each, "loc": ("body", *each["loc"])} for each in refusal.value.errors()])


def test_a_broken_rule_is_refused_by_its_own_code_at_the_field_that_it_is_about() -> None:
    refused = _refused(_Span, begin=3, end=3)
    assert isinstance(refused, Invalid)
    assert (refused.slug, refused.detail) == ("impossible-time", "end must be after begin.")
    assert [(each.field, each.code, each.message) for each in refused.errors] == [("end", "impossible-time", "end must be after begin.")]


def test_a_rule_about_one_value_is_refused_at_that_value() -> None:
    refused = _refused(_Day, spans=[{"begin": 4, "end": 9}])
    assert (refused.slug, refused.detail) == ("even-number", "4 is even. Choose an odd one.")
    assert [each.field for each in refused.errors] == ["spans.0.begin"]


def test_a_rule_that_is_broken_at_several_places_names_each() -> None:
    refused = _refused(_Day, spans=[{"begin": 3, "end": 1}, {"begin": 5, "end": 1}])
    assert refused.slug == "impossible-time"
    assert refused.detail == "spans.0.end: end must be after begin. spans.1.end: end must be after begin."


def test_a_list_with_a_wrong_item_is_not_said_to_be_too_short() -> None:
    refused = _refused(_Day, spans=[{"begin": 3, "end": 1}])
    assert [each.code for each in refused.errors] == ["impossible-time"]
    assert [each.code for each in _refused(_Day, spans=[]).errors] == ["too_short"]


@pytest.mark.parametrize(
    ("spans", "kind", "codes"),
    [
        ([{"begin": 3, "end": 1}, {"begin": "x", "end": 1}], Malformed, ["impossible-time", "int_parsing"]),
        ([{"begin": 3, "end": 1}, {"begin": 4, "end": 9}], Invalid, ["impossible-time", "even-number"]),
    ],
)
def test_rules_beside_anything_else_that_is_wrong_are_an_invalid_request(
    spans: list[dict[str, object]], kind: type[DomainError], codes: list[str]
) -> None:
    refused = _refused(_Day, spans=spans)
    assert isinstance(refused, kind)
    assert refused.slug == "invalid-request"
    assert [each.code for each in refused.errors] == codes
